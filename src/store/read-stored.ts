import { sql, type Kysely } from 'kysely';

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
  /** Whether what was reported was taken back, and none of it counts any more. */
  readonly retracted: boolean;
  /** Where it is another source's: whose reports it replaced; for one that was taken back, whose were. */
  readonly former: readonly string[] | null;
  /** Whether any of those was another value. */
  readonly contested: boolean | null;
  /** The stripe whose sums hold it; never changes. */
  readonly stripe: number;
  /** The version of the stripe since which the value counts. */
  readonly stripe_version: number;
}

/**
 * What is stored of outcomes that were met before, by name.
 *
 * The limit keeps the planner to one look-up a row. As a plain join it read all outcomes of the router, on a day whose
 * partition has no statistics of its own yet.
 */
export async function readStored(
  db: Kysely<Tables>,
  { tenant, router }: RouterKey,
  met: readonly PreparedOutcome[],
): Promise<Map<string, StoredOutcome>> {
  if (met.length === 0) return new Map();
  const keys = met.map(({ shared: { decided_at, decision_id, source }, metric }) => ({
    decided_at,
    decision_id,
    metric,
    source,
  }));
  const { rows } = await sql<StoredOutcome>`
    select f.*, past.former, past.contested
    from json_to_recordset(${storedJson(keys)}::json) as k (decided_at timestamptz, decision_id uuid, metric text, source text)
    cross join lateral (
      select decision_id, metric, value, arm, source, stripe, stripe_version,
        retraction <> 0 as retracted
      from feedback
      where tenant = ${tenant} and router = ${router} and decided_at = k.decided_at and decision_id = k.decision_id
        and metric = k.metric
      limit 1
    ) f
    cross join lateral (
      select array_agg(c.source) as former, bool_or(c.value <> f.value or c.arm <> f.arm) as contested
      from feedback_corrections c
      where (f.source <> k.source or f.retracted) and c.tenant = ${tenant} and c.router = ${router}
        and c.decided_at = k.decided_at and c.decision_id = k.decision_id and c.metric = k.metric
        and (c.retraction <> 0) = f.retracted
    ) past`.execute(db);
  return new Map(rows.map((row) => [outcomeName(row), row]));
}
