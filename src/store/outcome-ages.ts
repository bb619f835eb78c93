import type { StripeChange } from './stripe-changes.js';

const nameOf = ({ row: { decisionId, metric } }: StripeChange): string => `${decisionId} ${metric}`;

/**
 * How long ago the outcomes came in that are new among the changes of a stripe: one age for each time at which some did,
 * in seconds. Times are compared within one replica's clock, and the newest is aged by the database's, so that it does
 * not matter what the clocks of the replicas say. Corrections are no new outcomes.
 * @param newestAge seconds since the last change of the stripe
 */
export function outcomeAges(changes: readonly StripeChange[], newestAge: number): number[] {
  const replaced = new Set(changes.filter(({ sign }) => sign === -1).map(nameOf));
  const fresh = changes.filter(
    (change) => change.sign === 1 && change.target !== null && !replaced.has(nameOf(change)),
  );
  const times = [...new Set(fresh.map(({ receivedAt }) => receivedAt.getTime()))];
  const newest = times.reduce((a, b) => Math.max(a, b), -Infinity);
  return times.map((time) => Math.max(0, newestAge) + (newest - time) / 1000);
}
