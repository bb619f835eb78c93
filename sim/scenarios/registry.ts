import { orchestration } from './orchestration.js';
import { paretobandit1 } from './paretobandit/experiment-1.js';
import { paretobandit2 } from './paretobandit/experiment-2.js';
import { paretobandit3 } from './paretobandit/experiment-3.js';
import type { Scenario } from './scenario.js';

export const scenarios: readonly Scenario[] = [paretobandit1, paretobandit2, paretobandit3, orchestration];

/** @throws RangeError when there is none of that name */
export function findScenario(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found) return found;
  throw new RangeError(`there is no scenario "${name}"; there are ${scenarios.map((known) => known.name).join(', ')}`);
}
