/**
 * The feedback log of a window, for those who copy it: page by page along the primary key, each page a statement of its
 * own, so that nothing is held open and memory does not grow with the window.
 */
import { sql, type RawBuilder } from 'kysely';

import { unpackFeatures } from '../routing/bytes.js';
import { decisionTime } from './decision-time.js';
import type { RouterKey, Store } from './store.js';

/** An outcome as it stands in the log. */
export interface LoggedOutcome {
  readonly decisionId: string;
  readonly metric: string;
  readonly value: number;
  /** On the grid of the metric; null for a row that teaches nothing. */
  readonly target: number | null;
  readonly arm: string;
  readonly chosen: string;
  readonly propensity: number;
  readonly schema: string;
  readonly epoch: number;
  readonly features: Int16Array;
  readonly source: string;
  readonly receivedAt: Date;
  /** The stripe that took it in, and the version of the stripe since which it counts. */
  readonly stripe: number;
  readonly stripeVersion: number;
}

/** What a row of the feedback log was before it was corrected. */
export interface LoggedCorrection extends LoggedOutcome {
  /** The version of the stripe from which on it no longer counted. */
  readonly replacedVersion: number;
  readonly replacedBy: string;
  readonly replacedAt: Date;
}

export interface OutcomeWindow {
  /** Times of decisions; the second is the first that is outside. */
  readonly from: Date;
  readonly to: Date;
  /** Rows of a page; 2,000 by default. */
  readonly limit?: number;
}

type Columns<T> = Omit<T, 'features'> & { readonly features: Buffer };

const outcomeColumns = sql`decision_id as "decisionId", metric, value, target, arm, chosen, propensity, schema, epoch,
  features, source, received_at as "receivedAt", stripe, stripe_version as "stripeVersion"`;
const correctionColumns = sql`${outcomeColumns}, replaced_version as "replacedVersion", replaced_by as "replacedBy",
  replaced_at as "replacedAt"`;
const usualLimit = 2_000;

/**
 * Every outcome of the decisions of a window as it counts now, in the order of the decisions, then of the metrics. What was
 * taken back does not count; it is among the corrections.
 */
export async function* streamOutcomes(
  store: Store,
  key: RouterKey,
  window: OutcomeWindow,
): AsyncGenerator<LoggedOutcome[]> {
  yield* pages(window, (limit, after: LoggedOutcome | undefined) =>
    outcomePage(store, key, window, limit, after && sql`${place(after)}, ${after.metric}`),
  );
}

/** Everything that was corrected in a window, in the order of the decisions, the metrics and the corrections. */
export async function* streamCorrections(
  store: Store,
  key: RouterKey,
  window: OutcomeWindow,
): AsyncGenerator<LoggedCorrection[]> {
  yield* pages(window, (limit, after: LoggedCorrection | undefined) =>
    correctionPage(
      store,
      key,
      window,
      limit,
      after && sql`${place(after)}, ${after.metric}, ${after.replacedVersion}::bigint`,
    ),
  );
}

type After = RawBuilder<unknown> | undefined;

async function* pages<T>(
  { limit = usualLimit }: OutcomeWindow,
  read: (limit: number, after: T | undefined) => Promise<T[]>,
): AsyncGenerator<T[]> {
  for (let page = await read(limit, undefined); page.length > 0;) {
    yield page;
    page = page.length < limit ? [] : await read(limit, page.at(-1));
  }
}

async function outcomePage(
  store: Store,
  { tenant, router }: RouterKey,
  { from, to }: OutcomeWindow,
  limit: number,
  after: After,
): Promise<LoggedOutcome[]> {
  const { rows } = await sql<Columns<LoggedOutcome>>`
    select ${outcomeColumns} from feedback
    where tenant = ${tenant} and router = ${router} and decided_at >= ${from} and decided_at < ${to}
      and retraction = 0
      ${after ? sql`and (decided_at, decision_id, metric) > (${after})` : sql``}
    order by decided_at, decision_id, metric
    limit ${limit}`.execute(store.db);
  return rows.map(unpacked);
}

async function correctionPage(
  store: Store,
  { tenant, router }: RouterKey,
  { from, to }: OutcomeWindow,
  limit: number,
  after: After,
): Promise<LoggedCorrection[]> {
  const { rows } = await sql<Columns<LoggedCorrection>>`
    select ${correctionColumns} from feedback_corrections
    where tenant = ${tenant} and router = ${router} and decided_at >= ${from} and decided_at < ${to}
      ${after ? sql`and (decided_at, decision_id, metric, replaced_version) > (${after})` : sql``}
    order by decided_at, decision_id, metric, replaced_version
    limit ${limit}`.execute(store.db);
  return rows.map(unpacked);
}

/** The first two columns of the key, of which the second says the first. */
const place = ({ decisionId }: LoggedOutcome) => sql`${decisionTime(decisionId)}::timestamptz, ${decisionId}::uuid`;

const unpacked = <T extends { readonly features: Buffer }>(row: T) => ({
  ...row,
  features: unpackFeatures(row.features),
});
