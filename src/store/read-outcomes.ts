import { sql } from 'kysely';

import { unpackFeatures } from '../routing/bytes.js';
import type { OutcomeRow } from '../routing/outcome.js';
import { decisionTime } from './decision-time.js';
import type { RouterKey, Store } from './store.js';
import { storedJson } from './stored-json.js';

export interface ReceivedOutcome extends OutcomeRow {
  readonly receivedAt: Date;
}

interface FeedbackRow extends Omit<OutcomeRow, 'decisionId' | 'features' | 'correction' | 'tenant' | 'router'> {
  readonly decision_id: string;
  readonly received_at: Date;
  readonly features: Buffer;
}

/** Metrics that a decision can have at most. */
const mostMetrics = 1_000;

/** What was reported of the given decisions, corrections applied, without what was taken back. */
export async function readOutcomes(
  store: Store,
  { tenant, router }: RouterKey,
  decisionIds: readonly string[],
): Promise<ReceivedOutcome[]> {
  const keys = decisionIds.map((id) => ({ decided_at: decisionTime(id), decision_id: id }));
  const { rows } = await sql<FeedbackRow>`
    select f.decision_id, f.metric, f.value, f.arm, f.chosen, f.propensity, f.schema, f.epoch, f.features, f.source,
      f.received_at
    from json_to_recordset(${storedJson(keys)}::json) as k (decided_at timestamptz, decision_id uuid)
    cross join lateral (
      select * from feedback
      where tenant = ${tenant} and router = ${router} and decided_at = k.decided_at and decision_id = k.decision_id
        and retraction = 0
      -- More than the metrics a router can have; the limit keeps the planner to one look-up a decision.
      limit ${mostMetrics}
    ) f
    order by f.decided_at, f.decision_id, f.metric`.execute(store.db);
  return rows.map(({ decision_id: decisionId, received_at: receivedAt, features, ...row }) => ({
    ...row,
    tenant,
    router,
    decisionId,
    receivedAt,
    features: unpackFeatures(features),
    correction: false,
  }));
}
