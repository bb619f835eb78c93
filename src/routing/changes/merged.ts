import type { Metric } from '../metric.js';
import type { Change } from '../spec.js';

/**
 * Changes that the owner declared and changes that were detected, in order of time: one list, as a router counts its
 * epochs by it. A detected change of a metric that is no longer declared means nothing any more, but it goes on beginning
 * its epoch, for outcomes are counted by that.
 */
export function mergedChanges(
  declared: readonly Change[],
  detected: readonly Change[],
  metrics: readonly Metric[],
): Change[] {
  const known = (change: Change): Change =>
    metrics.some(({ name }) => name === change.metric)
      ? change
      : { at: change.at, arm: change.arm, metric: metrics[0].name };
  return [...declared, ...detected.map(known)].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}
