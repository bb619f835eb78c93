import { sql } from 'kysely';

import { unpackFeatures } from '../routing/bytes.js';
import type { OutcomeRow } from '../routing/outcome.js';
import type { RouterKey, Store } from './store.js';

/** A logged value that counts from one version of its stripe on, or until one. */
export interface StripeChange {
  /** 1: to be added to the sums; -1: to be taken out. */
  readonly sign: 1 | -1;
  readonly row: OutcomeRow;
  /** On the grid of the metric, as it was when the row came in; null for a row that teaches nothing. */
  readonly target: number | null;
}

export interface VersionRange extends RouterKey {
  readonly stripe: number;
  /** The version that is known. */
  readonly from: number;
  /** The version to arrive at, committed already; below `from` to go back. */
  readonly to: number;
}

interface ChangeRow {
  readonly sign: 1 | -1;
  readonly decision_id: string;
  readonly metric: string;
  readonly value: number;
  readonly target: number | null;
  readonly arm: string;
  readonly chosen: string;
  readonly propensity: number;
  readonly schema: string;
  readonly epoch: number;
  readonly features: Buffer;
  readonly source: string;
}

/** Rows that one statement should bring; the number of versions asked for at a time follows from it. */
const pageRows = 5_000;
const firstPageVersions = 32;

/**
 * What has to be added to the sums of a stripe at version `from`, and taken out of them, to have those at `to`. From 0
 * this is the whole log; over the last few versions it is what a replica has yet to learn; backwards it is how the sums
 * behind a past decision are found. Yields pages, in no order that matters: sums are exact.
 *
 * Read in pages of versions, each a statement of its own, so that nothing is held open: a value counts from its version
 * until the one that replaced it, and whichever of the two tables it is found in, both say the same.
 */
export async function* stripeChanges(store: Store, range: VersionRange): AsyncGenerator<StripeChange[]> {
  const [low, high] = range.from <= range.to ? [range.from, range.to] : [range.to, range.from];
  const direction = range.from <= range.to ? 1 : -1;
  let versions = firstPageVersions;
  for (let after = low; after < high;) {
    const upTo = Math.min(high, after + versions);
    const rows = await readPage(store, range, { low, high, after, upTo });
    if (rows.length > 0) yield rows.map((row) => changeOf(range, row, direction));
    if (rows.length < pageRows / 2) versions *= 2;
    else if (rows.length > pageRows * 2) versions = Math.max(1, versions >> 1);
    after = upTo;
  }
}

function changeOf({ tenant, router }: RouterKey, row: ChangeRow, direction: 1 | -1): StripeChange {
  const { decision_id: decisionId, features, target, sign, ...rest } = row;
  const outcome = { ...rest, tenant, router, decisionId, features: unpackFeatures(features), correction: false };
  return { sign: (sign * direction) as 1 | -1, row: outcome, target };
}

/**
 * Three kinds of values: those that came in on this page and still count, those that came in on it and were replaced
 * after `high`, and those from before `low` that were replaced on it. What came and went in between is left out.
 */
async function readPage(
  store: Store,
  { tenant, router, stripe }: VersionRange,
  { low, high, after, upTo }: { low: number; high: number; after: number; upTo: number },
): Promise<ChangeRow[]> {
  const replaced = sql`
    from feedback_corrections c join feedback f
      on f.tenant = c.tenant and f.router = c.router and f.decided_at = c.decided_at
      and f.decision_id = c.decision_id and f.metric = c.metric
    where c.tenant = ${tenant} and c.router = ${router} and c.stripe = ${stripe}`;
  const unchanging = sql`f.chosen, f.propensity, f.schema, f.epoch, f.features`;
  const { rows } = await sql<ChangeRow>`
    select 1 as sign, f.decision_id, f.metric, f.value, f.target, f.arm, f.source, ${unchanging}
    from feedback f
    where f.tenant = ${tenant} and f.router = ${router} and f.stripe = ${stripe}
      and f.stripe_version > ${after} and f.stripe_version <= ${upTo}
    union all
    select 1, c.decision_id, c.metric, c.value, c.target, c.arm, c.source, ${unchanging} ${replaced}
      and c.replaced_version > ${high} and c.stripe_version > ${after} and c.stripe_version <= ${upTo}
    union all
    select -1, c.decision_id, c.metric, c.value, c.target, c.arm, c.source, ${unchanging} ${replaced}
      and c.replaced_version > ${after} and c.replaced_version <= ${upTo} and c.stripe_version <= ${low}`.execute(
    store.db,
  );
  return rows;
}
