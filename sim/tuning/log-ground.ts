/**
 * Settings measured on a decision log, by the doubly robust estimate of what each would have earned.
 *
 * A setting is played over the whole log and learns from every logged outcome; it is chosen by its value over the first
 * half of the rounds and checked on the second. What it learned came of the logging policy's exploration and not of its
 * own, so a log can tell how to weigh and forget what is known, but not how widely to explore: exploring would only cost.
 * So beliefs are judged by what choosing the best of them earns, whatever the router will explore by.
 */
import type { RouterSpec } from '../../src/routing/spec.js';
import { chanceOf } from '../random.js';
import { playTarget, readFacts, type LogFacts, type Reading } from '../off-policy/columns.js';
import { doublyRobust } from '../off-policy/estimators/doubly-robust.js';
import { influenceOf, mean } from '../off-policy/estimators/terms.js';
import { leastEffectiveSample, refusalOf } from '../off-policy/refusal.js';
import type { DecisionLog } from '../off-policy/round.js';
import { playedRouter } from '../off-policy/targets/played-router.js';
import type { Ground, Measured, Part } from './ground.js';
import { keyOf, withSetting, type Setting } from './setting.js';
import type { StageName } from './stages.js';

/** What a log can answer. */
export const stagesOfLog: readonly StageName[] = ['forgetting', 'ridge'];

export interface LogGroundOptions {
  readonly log: DecisionLog;
  readonly reading: Reading;
  readonly spec: RouterSpec;
  /** Called after each setting. */
  readonly onRun?: () => void;
}

/** What one setting would have earned in each used round: the objective first, then each metric; NaN where not all is known. */
interface Earned {
  readonly utility: Float64Array;
  readonly metrics: Readonly<Record<string, Float64Array>>;
}

/**
 * @returns the ground, and how many rounds have an outcome
 * @throws RangeError, when measuring, with the reason for which the log cannot answer
 */
export async function logGround(options: LogGroundOptions): Promise<{ ground: Ground; rounds: number }> {
  const facts = await readFacts(options.log, options.reading, true);
  const known = new Map<string, Earned>();
  const earned = async (setting: Setting): Promise<Earned> => {
    const found = known.get(keyOf(setting));
    if (found) return found;
    const fresh = await earnedBy(options, facts, setting);
    known.set(keyOf(setting), fresh);
    options.onRun?.();
    return fresh;
  };
  const ground: Ground = {
    unit: 'round',
    async measure(settings, part) {
      const measured: Measured[] = [];
      for (const setting of settings) measured.push(measuredOf(setting, await earned(setting), part));
      return measured;
    },
  };
  return { ground, rounds: facts.used };
}

async function earnedBy({ log, reading, spec }: LogGroundOptions, facts: LogFacts, setting: Setting): Promise<Earned> {
  const parts = {
    ...{ tenant: '', revision: 1, profiles: [], encoders: new Map<string, never>(), secret: new Uint8Array(16) },
    spec: { ...withSetting(spec, setting), policy: { name: 'greedy' as const }, floor: 0 },
  };
  const target = playedRouter({ name: setting.name, parts, arms: log.arms });
  const played = await playTarget(log, reading, facts, target, chanceOf(1, 'replay'));
  const refused = refusalOf('dr', { facts, played, leastEffectiveSample });
  if (refused !== undefined) throw new RangeError(`the log cannot answer for "${setting.name}": ${refused}`);
  const [utility, ...metrics] = played.samples.map((sample) => influenceOf(doublyRobust(sample)));
  return {
    utility: utility!,
    metrics: Object.fromEntries(
      metrics.flatMap((values, m) => (facts.complete[m + 1] ? [[reading.outcomes[m + 1]!.name, values] as const] : [])),
    ),
  };
}

function measuredOf(setting: Setting, { utility, metrics }: Earned, part: Part): Measured {
  const half = utility.length >> 1;
  const of = (values: Float64Array) => (part === 'tuning' ? values.subarray(0, half) : values.subarray(half));
  return {
    setting,
    values: Array.from(of(utility)),
    metrics: Object.fromEntries(Object.entries(metrics).map(([name, values]) => [name, mean(of(values))])),
  };
}
