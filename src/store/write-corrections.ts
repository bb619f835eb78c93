import { sql, type Transaction } from 'kysely';

import type { PreparedOutcome } from './outcome-waves.js';
import type { Stripe } from './stripe.js';
import type { Tables } from './tables.js';

/**
 * Replaces stored values, at a new version of the stripe that holds them, and logs what they were and for which versions
 * they counted: `feedback` and `feedback_corrections` together know the sums at every version.
 *
 * A statement a row, by its whole key: corrections are rare, and a join with a list of rows is planned badly on a day
 * whose partition has no statistics of its own yet.
 */
export async function writeCorrections(
  transaction: Transaction<Tables>,
  stripe: Stripe,
  corrections: readonly PreparedOutcome[],
  correctedBy: string,
  receivedAt: Date,
): Promise<void> {
  for (const correction of corrections) await replace(transaction, stripe, correction, correctedBy, receivedAt);
}

async function replace(
  transaction: Transaction<Tables>,
  { tenant, router, version }: Stripe,
  { shared: { decided_at, decision_id, arm, source }, metric, value, target }: PreparedOutcome,
  correctedBy: string,
  receivedAt: Date,
): Promise<void> {
  const isRow = sql`tenant = ${tenant} and router = ${router} and decided_at = ${decided_at}
    and decision_id = ${decision_id} and metric = ${metric}`;
  const columns = sql`tenant, router, decided_at, decision_id, metric, value, target, arm, chosen, propensity, schema,
    epoch, features, source, received_at, stripe, stripe_version, retraction`;
  await sql`
    insert into feedback_corrections (${columns}, replaced_version, replaced_by, replaced_at)
    select ${columns}, ${version}::bigint, ${correctedBy}::text, ${receivedAt}::timestamptz
    from feedback where ${isRow}`.execute(transaction);
  await sql`
    update feedback
    set value = ${value}, target = ${target}, arm = ${arm}, source = ${source}, received_at = ${receivedAt},
      stripe_version = ${version}, retraction = 0
    where ${isRow}`.execute(transaction);
}
