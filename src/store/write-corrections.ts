import { sql, type Transaction } from 'kysely';

import type { PreparedOutcome } from './outcome-waves.js';
import { storedJson } from './stored-json.js';
import type { Stripe } from './stripe.js';
import type { Tables } from './tables.js';

/**
 * Replaces stored values, at a new version of the stripe that holds them, and logs what they were and for which versions
 * they counted: `feedback` and `feedback_corrections` together know the sums at every version.
 */
export async function writeCorrections(
  transaction: Transaction<Tables>,
  { tenant, router, version }: Stripe,
  corrections: readonly PreparedOutcome[],
  correctedBy: string,
  receivedAt: Date,
): Promise<void> {
  if (corrections.length === 0) return;
  const sent = sql`json_to_recordset(${storedJson(corrections.map(({ columns }) => columns))}::json) as sent (
    decided_at timestamptz, decision_id uuid, metric text, value float8, target bigint, arm text, source text
  )`;
  const matches = sql`f.tenant = ${tenant} and f.router = ${router} and f.decided_at = sent.decided_at
    and f.decision_id = sent.decision_id and f.metric = sent.metric`;
  await sql`
    insert into feedback_corrections (
      tenant, router, decided_at, decision_id, metric, stripe, stripe_version, replaced_version, value, target, arm,
      source, received_at, corrected_by, corrected_at
    )
    select f.tenant, f.router, f.decided_at, f.decision_id, f.metric, f.stripe, f.stripe_version, ${version}::bigint,
      f.value, f.target, f.arm, f.source, f.received_at, ${correctedBy}::text, ${receivedAt}::timestamptz
    from ${sent} join feedback f on ${matches}`.execute(transaction);
  await sql`
    update feedback f
    set value = sent.value, target = sent.target, arm = sent.arm, source = sent.source, received_at = ${receivedAt},
      stripe_version = ${version}
    from ${sent} where ${matches}`.execute(transaction);
}
