import { sql } from 'kysely';

import type { PreparedOutcome } from './outcome-waves.js';
import type { Store } from './store.js';
import type { Stripe } from './stripe.js';

/**
 * Whether a version of a stripe is the one that a transaction was to make whose commit is in doubt. A transaction is made
 * whole or not at all, so one row that it wrote tells: the row says which version took it in and when it was received, by
 * the clock of its writer, which tells two processes apart that were sent the same and believe they own one stripe. A
 * value that was replaced or taken back since says so among the corrections, so it doesn't matter how far the stripe has
 * come.
 *
 * Ask once the stripe's row was free again (`advanceStripe` waits for it): before that the commit may still be under way.
 * @param stripe at the version that the transaction was to make
 * @param written a row that it inserted or replaced
 */
export async function wasWritten(
  store: Store,
  { tenant, router, stripe, version }: Stripe,
  { shared: { decided_at, decision_id }, metric, value }: PreparedOutcome,
  receivedAt: Date,
): Promise<boolean> {
  const isRow = sql`tenant = ${tenant} and router = ${router} and decided_at = ${decided_at}
    and decision_id = ${decision_id} and metric = ${metric} and value = ${value} and received_at = ${receivedAt}
    and stripe = ${stripe} and stripe_version = ${version}`;
  const { rows } = await sql`
    select stripe_version from feedback where ${isRow}
    union all
    select stripe_version from feedback_corrections where ${isRow}`.execute(store.db);
  return rows.length > 0;
}
