import { sql } from 'kysely';

import type { LoggedDecision } from '../routing/decision.js';
import { float8Array, int4Array, uuidArray } from './binary-array.js';
import { DecisionBatch } from './decision-batch.js';
import { isUnplaced, placeRows } from './place-rows.js';
import type { RouterKey, Store } from './store.js';
import { storedJson } from './stored-json.js';

/** A decision that cannot be logged, now or ever. */
export interface RefusedDecision {
  readonly decision: LoggedDecision;
  readonly reason: string;
}

/**
 * Logs decisions, one statement a router; logging one again changes nothing, so a batch whose outcome is unknown is
 * simply sent again. A decision that can't be stored doesn't hold up the others.
 * @returns the decisions that were left out for good
 */
export async function insertDecisions(
  store: Store,
  decisions: readonly LoggedDecision[],
  now: Date,
): Promise<RefusedDecision[]> {
  const refused: RefusedDecision[] = [];
  const batches = batchesOf(decisions, refused);
  await Promise.all(batches.map((batch) => insertPlaced(store, batch, now, refused)));
  return refused;
}

function batchesOf(decisions: readonly LoggedDecision[], refused: RefusedDecision[]): DecisionBatch[] {
  const tenants = new Map<string, Map<string, DecisionBatch>>();
  for (const decision of decisions) {
    const routers = tenants.get(decision.tenant) ?? new Map<string, DecisionBatch>();
    const batch = routers.get(decision.router) ?? new DecisionBatch();
    try {
      batch.add(decision);
      tenants.set(decision.tenant, routers.set(decision.router, batch));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      refused.push({ decision, reason: error.message });
    }
  }
  return [...tenants.values()].flatMap((routers) => [...routers.values()]);
}

async function insertPlaced(store: Store, batch: DecisionBatch, now: Date, refused: RefusedDecision[]): Promise<void> {
  try {
    await insertBatch(store, batch);
  } catch (error) {
    if (!isUnplaced(error)) throw error;
    const times = batch.times.map((time) => new Date(time));
    const places = await placeRows(store, 'decisions', times, now);
    const placed = new DecisionBatch();
    batch.decisions.forEach((decision, i) => {
      if (places[i] === 'placed') return placed.add(decision);
      const reason = `the log has no place for ${times[i].toISOString()}: it is too ${places[i]}`;
      refused.push({ decision, reason });
    });
    await insertBatch(store, placed);
  }
}

/**
 * What decisions have in common is sent once and joined at the server, numbers go as bytes. Processor time a decision of
 * one view, 500 a batch into PGlite, with JSON and every column in every row before: 3 arms at d = 26 10 µs here and 40
 * at the server, now 4 and 29; 16 arms at d = 64 15 and 75 µs, now 6 and 33.
 */
async function insertBatch(store: Store, batch: DecisionBatch): Promise<void> {
  if (batch.decisions.length === 0) return;
  const { tenant, router }: RouterKey = batch.decisions[0];
  const propensities = batch.decisions.map(({ propensity }) => propensity);
  await sql`
    insert into decisions (
      tenant, router, decided_at, decision_id, revision, schema, view, epoch, features, objective, constraints,
      conditions, policy, candidates, probabilities, excluded, arm, propensity
    )
    select ${tenant}::text, ${router}::text, to_timestamp(time / 1000), decision_id, revision, schema, view, epoch,
      substring(${batch.features()}::bytea from features_start + 1 for features_end - features_start),
      objective, constraints, conditions, policy, candidates,
      (${float8Array(batch.probabilities)}::float8[])[probabilities_start + 1 : probabilities_end], excluded,
      (${batch.arms}::text[])[arm], propensity
    from unnest(
      ${uuidArray(batch.ids)}::uuid[], ${float8Array(batch.times)}::float8[], ${int4Array(batch.ground)}::int[],
      ${int4Array(starts(batch.featuresEnd))}::int[], ${int4Array(batch.featuresEnd)}::int[],
      ${int4Array(starts(batch.probabilitiesEnd))}::int[], ${int4Array(batch.probabilitiesEnd)}::int[],
      ${int4Array(batch.arm)}::int[], ${float8Array(propensities)}::float8[]
    ) as made (
      decision_id, time, ground, features_start, features_end, probabilities_start, probabilities_end, arm, propensity
    )
    join json_to_recordset(${storedJson(batch.grounds)}::json) as grounds (
      n int, revision bigint, schema text, view json, epoch bigint, objective json, constraints json, conditions json,
      policy text, candidates json, excluded json
    ) on n = ground
    on conflict do nothing`.execute(store.db);
}

/** Each begins where the one before it ends. */
const starts = (ends: readonly number[]): number[] => [0, ...ends.slice(0, -1)];
