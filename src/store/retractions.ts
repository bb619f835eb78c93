/**
 * What was asked to be taken back, by whom, and how far that is. A retraction is asked for once and worked on page by
 * page (`retract.ts`); whoever finds one unfinished goes on with it.
 */
import { sql } from 'kysely';

import { Problem } from '../routing/problem.js';
import { importedStripe } from './read-fold.js';
import type { RouterKey, Store } from './store.js';
import { storedJson, storedText } from './stored-json.js';

/** Which outcomes: those that a source reported in a span of time. */
export interface RetractionQuestion {
  readonly source: string;
  /** By the time the outcome came in. */
  readonly since: Date;
  /** The first time that is outside; without it, everything that was taken in before the retraction was asked for. */
  readonly until?: Date;
}

export interface RetractionRequest extends RetractionQuestion {
  /** Who asks and why, for people who look. */
  readonly requestedBy: string;
  readonly reason: string;
}

export type Versions = Readonly<Record<string, number>>;

export interface Retraction extends RetractionRequest {
  /** Counts from 1 within its router. */
  readonly retraction: number;
  readonly requestedAt: Date;
  /** Version of each stripe when it was asked for: what came in later stays. */
  readonly horizon: Versions;
  /** Version of each stripe up to which the log was gone through. */
  readonly progress: Versions;
  /** Outcomes that were taken out of the statistics, and how many of those gave way to what they had replaced. */
  readonly outcomes: number;
  readonly restored: number;
  /** Absent while it is under way. */
  readonly finishedAt?: Date;
}

interface RetractionRow extends Omit<Retraction, 'until' | 'finishedAt'> {
  readonly until: Date | null;
  readonly finishedAt: Date | null;
}

const columns = sql`retraction, source, since, until, requested_by as "requestedBy", reason,
  requested_at as "requestedAt", horizon, progress, outcomes, restored, finished_at as "finishedAt"`;

const retractionOf = ({ until, finishedAt, ...row }: RetractionRow): Retraction => ({
  ...row,
  ...(until ? { until } : {}),
  ...(finishedAt ? { finishedAt } : {}),
});

const attempts = 5;
/** One that nobody worked on for so long is anybody's. */
const leaseSeconds = 15;

/**
 * Writes down that a source's outcomes are to be taken back. The same question again, while it is unfinished, is the same
 * retraction.
 * @param worker who works on it at first
 * @throws Problem 'retraction-running' while another one of the router is unfinished
 */
export async function requestRetraction(
  store: Store,
  key: RouterKey,
  request: RetractionRequest,
  worker: string,
): Promise<Retraction> {
  for (let attempt = 1; ; attempt++) {
    const made = await insert(store, key, request, worker);
    if (made) return made;
    const open = (await listRetractions(store, key)).find(({ finishedAt }) => !finishedAt);
    if (open && isSame(open, request)) return open;
    // It may have been finished between the two looks.
    if (open || attempt === attempts) throw running(open);
  }
}

async function insert(
  store: Store,
  key: RouterKey,
  { source, since, until, requestedBy, reason }: RetractionRequest,
  worker: string,
): Promise<Retraction | undefined> {
  const { tenant, router } = key;
  const horizon = await presentVersions(store, key);
  const { rows } = await sql<RetractionRow>`
    insert into retractions (tenant, router, retraction, source, since, until, requested_by, reason, requested_at,
      horizon, progress, worker, worked_at)
    select ${tenant}::text, ${router}::text, coalesce(max(retraction), 0) + 1, ${storedText(source)}::text,
      ${since}::timestamptz, ${until ?? null}::timestamptz, ${storedText(requestedBy)}::text,
      ${storedText(reason)}::text, now(), ${storedJson(horizon)}::json, '{}', ${worker}::text, now()
    from retractions where tenant = ${tenant} and router = ${router}
    on conflict do nothing
    returning ${columns}`.execute(store.db);
  return rows.map(retractionOf)[0];
}

/** Version of each stripe that has a log; what was imported has none. */
export async function presentVersions(store: Store, { tenant, router }: RouterKey): Promise<Versions> {
  const stripes = await store.db
    .selectFrom('stripes')
    .select(['stripe', 'version'])
    .where('tenant', '=', tenant)
    .where('router', '=', router)
    .where('stripe', '<>', importedStripe)
    .execute();
  return Object.fromEntries(stripes.map(({ stripe, version }) => [stripe, version]));
}

/** The retractions of a router, the newest first. */
export async function listRetractions(store: Store, { tenant, router }: RouterKey): Promise<Retraction[]> {
  const { rows } = await sql<RetractionRow>`
    select ${columns} from retractions where tenant = ${tenant} and router = ${router}
    order by retraction desc`.execute(store.db);
  return rows.map(retractionOf);
}

/** @throws Problem 'unknown-retraction' */
export async function readRetraction(
  store: Store,
  { tenant, router }: RouterKey,
  retraction: number,
): Promise<Retraction> {
  const { rows } = await sql<RetractionRow>`
    select ${columns} from retractions
    where tenant = ${tenant} and router = ${router} and retraction = ${retraction}`.execute(store.db);
  if (rows.length > 0) return retractionOf(rows[0]);
  throw new Problem('unknown-retraction', `expected the number of a retraction of ${router}, got ${retraction}`);
}

/** Retractions of all routers that nobody has been working on for a while: their process ended in the middle. */
export async function abandonedRetractions(store: Store): Promise<(RouterKey & { retraction: number })[]> {
  const { rows } = await sql<RouterKey & { retraction: number }>`
    select tenant, router, retraction from retractions
    where finished_at is null and worked_at < now() - make_interval(secs => ${leaseSeconds})`.execute(store.db);
  return rows;
}

/** @returns whether it is `worker`'s to go on with: unfinished, and nobody else is at it */
export async function claimRetraction(
  store: Store,
  { tenant, router }: RouterKey,
  retraction: number,
  worker: string,
): Promise<boolean> {
  const { rows } = await sql`
    update retractions set worker = ${worker}, worked_at = now()
    where tenant = ${tenant} and router = ${router} and retraction = ${retraction} and finished_at is null
      and (worker = ${worker} or worked_at < now() - make_interval(secs => ${leaseSeconds}))
    returning retraction`.execute(store.db);
  return rows.length > 0;
}

function isSame(open: RetractionQuestion, asked: RetractionQuestion): boolean {
  return (
    open.source === storedText(asked.source) &&
    open.since.getTime() === asked.since.getTime() &&
    open.until?.getTime() === asked.until?.getTime()
  );
}

function running(open: Retraction | undefined): Problem {
  const which = open ? `${open.retraction}, of source "${open.source}",` : 'another';
  return new Problem(
    'retraction-running',
    `expected no other retraction of the router to be under way; ${which} is: wait until it is finished`,
    [],
    5,
  );
}
