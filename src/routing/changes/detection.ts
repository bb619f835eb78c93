/**
 * Whether and how a router's service looks for changes that nobody tells, as its declaration says (`detect_changes`).
 *
 * It does unless told not to. A change that goes unnoticed costs for as long as the old evidence outweighs the new, and
 * the more was learned the longer that is; a false alarm costs the few dozen outcomes after which the level is known
 * again. Only metrics that decisions depend on are watched, those of the objective and of budgets: what a load average
 * does to a latency that nobody weighs is no news.
 *
 * allowance 0.5 and threshold 16, in standard deviations of a residual (Page 1954; why these: `policies/changes/cusum.ts`).
 * level_outcomes 4 and weight 0.1: what was measured for them is in `watch.ts`. warm_up 50: before that the noise of a
 * metric is not known well enough to say what is odd. README.md beside this folder has the false alarms and delays.
 */
import type { FieldError } from '../problem.js';
import { metricsOf } from '../settings.js';
import type { RouterSpec } from '../spec.js';
import type { WatchOptions } from './watch.js';

export interface Detection {
  readonly options: WatchOptions;
  /** Names of the metrics that are watched. */
  readonly metrics: ReadonlySet<string>;
}

/** @returns undefined when the router wants none, or no metric matters to it */
export function detectionOf({
  detect_changes: wish = true,
  objective,
  budgets = [],
}: RouterSpec): Detection | undefined {
  if (wish === false) return undefined;
  const { allowance, threshold, level_outcomes, weight, warm_up, metrics } = wish === true ? {} : wish;
  const weighed = Object.keys(objective).filter((metric) => objective[metric] !== 0);
  const watched = new Set(metrics ?? [...weighed, ...budgets.map((budget) => budget.metric)]);
  if (watched.size === 0) return undefined;
  const options: WatchOptions = {
    cusum: { ...(allowance === undefined ? {} : { allowance }), ...(threshold === undefined ? {} : { threshold }) },
    ...(level_outcomes === undefined ? {} : { levelOutcomes: level_outcomes }),
    ...(weight === undefined ? {} : { weight }),
    ...(warm_up === undefined ? {} : { warmUp: warm_up }),
  };
  return { options, metrics: watched };
}

/** What no JSON schema can say of `detect_changes`. */
export function detectionErrors(spec: RouterSpec): FieldError[] {
  const { detect_changes: wish } = spec;
  if (typeof wish !== 'object') return [];
  const known = metricsOf(spec).map(({ name }) => name);
  return (wish.metrics ?? []).flatMap((metric, i) => {
    if (known.includes(metric)) return [];
    const detail = `expected a metric of the router (${known.join(', ')}), got "${metric}"`;
    return [{ pointer: `/detect_changes/metrics/${i}`, detail }];
  });
}
