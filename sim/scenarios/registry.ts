import { comparison } from './file/comparison.js';
import { orchestration } from './orchestration.js';
import { paretobandit1 } from './paretobandit/experiment-1.js';
import { paretobandit2 } from './paretobandit/experiment-2.js';
import { paretobandit3 } from './paretobandit/experiment-3.js';
import { tableTuning } from '../tuning/table-tuning.js';
import type { Playable, Scenario } from './scenario.js';

export const scenarios: readonly Scenario[] = [paretobandit1, paretobandit2, paretobandit3, orchestration];

/** @throws RangeError when there is none of that name */
export function findScenario(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found) return found;
  throw new RangeError(`there is no scenario "${name}"; there are ${scenarios.map((known) => known.name).join(', ')}`);
}

/** What threads can be asked to play: the scenarios, those that come in a file, and the runs of a tuning. @throws RangeError */
export const findPlayable = (name: string): Playable =>
  ([tableTuning, comparison] as readonly Playable[]).find((playable) => playable.name === name) ?? findScenario(name);
