import { sql, type Transaction } from 'kysely';

import { outcomeName, type PreparedOutcome } from './outcome-waves.js';
import type { RouterKey } from './store.js';
import { storedJson } from './stored-json.js';
import type { Tables } from './tables.js';

export interface StoredOutcome {
  readonly decision_id: string;
  readonly metric: string;
  readonly value: number;
  readonly arm: string;
  readonly source: string;
  /** The stripe whose sums hold it; never changes. */
  readonly stripe: number;
}

/** What is stored of outcomes that were met before, by name. */
export async function readStored(
  transaction: Transaction<Tables>,
  { tenant, router }: RouterKey,
  met: readonly PreparedOutcome[],
): Promise<Map<string, StoredOutcome>> {
  if (met.length === 0) return new Map();
  const keys = met.map(({ columns: { decided_at, decision_id, metric } }) => ({ decided_at, decision_id, metric }));
  const { rows } = await sql<StoredOutcome>`
    select f.decision_id, f.metric, f.value, f.arm, f.source, f.stripe
    from json_to_recordset(${storedJson(keys)}::json) as k (decided_at timestamptz, decision_id uuid, metric text)
    join feedback f on f.tenant = ${tenant} and f.router = ${router} and f.decided_at = k.decided_at
      and f.decision_id = k.decision_id and f.metric = k.metric`.execute(transaction);
  return new Map(rows.map((row) => [outcomeName(row), row]));
}
