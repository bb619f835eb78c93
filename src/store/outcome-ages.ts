import type { StripeChange } from './stripe-changes.js';

const nameOf = ({ row: { decisionId, metric } }: StripeChange): string => `${decisionId} ${metric}`;

/** When the outcomes came in that are new among changes, each time once. Corrections are no new outcomes. */
export function freshTimes(changes: readonly StripeChange[]): number[] {
  const replaced = new Set(changes.filter(({ sign }) => sign === -1).map(nameOf));
  const fresh = changes.filter(
    (change) => change.sign === 1 && change.target !== null && !replaced.has(nameOf(change)),
  );
  return [...new Set(fresh.map(({ receivedAt }) => receivedAt.getTime()))];
}

/**
 * How long ago outcomes of a stripe came in, in seconds. Times are compared within one replica's clock, and the newest
 * is aged by the database's, so that it does not matter what the clocks of the replicas say.
 * @param newestAge seconds since the last change of the stripe
 */
export function outcomeAges(times: readonly number[], newestAge: number): number[] {
  const newest = times.reduce((a, b) => Math.max(a, b), -Infinity);
  return times.map((time) => Math.max(0, newestAge) + (newest - time) / 1000);
}
