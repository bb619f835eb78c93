import { sql, type Transaction } from 'kysely';

import { outcomeName, type PreparedOutcome } from './outcome-waves.js';
import { storedJson } from './stored-json.js';
import type { Stripe } from './stripe.js';
import type { Tables } from './tables.js';

/**
 * Inserts what is not there yet and says which rows that was, by name.
 *
 * One JSON parameter; tried beside it, 500 rows at d = 64: arrays to unnest, and arrays with all features in one bytea
 * to cut up. Both came out the same within the noise at the server, and cost the client twice the time for quoting.
 */
export async function insertOutcomes(
  transaction: Transaction<Tables>,
  stripe: Stripe,
  rows: readonly PreparedOutcome[],
  receivedAt: Date,
): Promise<Set<string>> {
  const { rows: inserted } = await sql<{ decision_id: string; metric: string }>`
    insert into feedback (
      tenant, router, decided_at, decision_id, metric, value, target, arm, chosen, propensity, schema, epoch, features,
      source, received_at, stripe, stripe_version
    )
    select
      ${stripe.tenant}::text, ${stripe.router}::text, decided_at, decision_id, metric, value, target, arm, chosen,
      propensity, schema, epoch, decode(features, 'base64'), source, ${receivedAt}::timestamptz, ${stripe.stripe}::int,
      ${stripe.version}::bigint
    from json_to_recordset(${storedJson(rows.map(({ columns }) => columns))}::json) as sent (
      decided_at timestamptz, decision_id uuid, metric text, value float8, target bigint, arm text, chosen text,
      propensity float8, schema text, epoch bigint, features text, source text
    )
    on conflict do nothing
    returning decision_id, metric`.execute(transaction);
  return new Set(inserted.map(outcomeName));
}
