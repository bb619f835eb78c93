/**
 * What a decision and its outcome cost as routers become many and logs grow long: the same moderate load each time, on one
 * replica. It should cost the same.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import { applyOutcomes } from '../../src/store/apply-outcomes.js';
import { makeDays } from '../../src/store/partitions.js';
import { openStore } from '../../src/store/open-store.js';
import { readDecision } from '../../src/store/read-decisions.js';
import { readOutcomes } from '../../src/store/read-outcomes.js';
import { machine } from '../support/machine.js';
import { startPostgres } from '../support/postgres-server.js';
import { record } from '../support/statements/recording-store.js';
import { touchedPartitions } from '../support/statements/touched-partitions.js';
import { startProcess } from '../support/tradewind-process.js';
import { postRequest, type Answer } from './connection.js';
import { asking } from './database.js';
import { fill } from './fill.js';
import { usageOf } from './usage.js';
import { percentile, runStep, type StepRow } from './step.js';
import { hangUp, makeRouters, replicaAt, routerIds, startTarget, type Replica } from './target.js';

export interface GrowthOptions {
  readonly program: string;
  readonly routers: readonly number[];
  /** Rows of the logs of one router, rising. */
  readonly rows: readonly number[];
  /** Decisions a second. */
  readonly rate: number;
  readonly seconds: number;
  readonly feedbackBatch: number;
  /** Before it is measured what a replica does by itself. */
  readonly settleSeconds: number;
  readonly tell?: (words: string) => void;
  readonly onRow?: (row: GrowthRow) => void;
}

export interface GrowthRow extends Pick<
  StepRow,
  'decisions_per_s' | 'p50_ms' | 'p99_ms' | 'errors' | 'cpu_us_per_request' | 'rss_mb'
> {
  readonly routers: number;
  /** What the replica does of itself, asked for nothing: milliseconds of processor a second. It is part of the other figures. */
  readonly idle_cpu_ms_per_s: number;
  /** The same where an outcome is reported of every decision. */
  readonly cpu_us_with_outcome: number | null;
  readonly stored_rows: number;
  /** Until the replica served, over the database as it was; null where it was made for the measurement. */
  readonly started_in_s: number | null;
  /** From when an outcome that names its decision was sent until it was taken in; null where none was. */
  readonly by_id_p50_ms: number | null;
  /** Days of the logs, and the most of them that a look-up by id or a duplicate touched. */
  readonly days: number | null;
  readonly days_touched: number | null;
}

export interface GrowthReport {
  readonly machine: string;
  readonly rate: number;
  readonly growth: readonly GrowthRow[];
}

const WARM_UP_SECONDS = 3;
const IDLE_SECONDS = 4;
const DAYS = 6;
const LOOK_UPS = 100;
/** Durable as it is shipped, with room for the log of the filling. */
const settings = { max_wal_size: '4GB', checkpoint_timeout: '30min' };

export async function runGrowth(options: GrowthOptions): Promise<GrowthReport> {
  const growth = [...(await byRouters(options)), ...(await byRows(options))];
  return { machine: machine(), rate: options.rate, growth };
}

async function byRouters(options: GrowthOptions): Promise<GrowthRow[]> {
  const found: GrowthRow[] = [];
  for (const routers of options.routers) {
    options.tell?.(`making ${routers} routers`);
    const target = await startTarget({ program: options.program, replicas: 1, routers });
    try {
      const measured = await measure(target.replicas, options);
      const row = {
        ...measured,
        routers,
        stored_rows: 0,
        started_in_s: null,
        by_id_p50_ms: null,
        days: null,
        days_touched: null,
      };
      options.onRow?.(row);
      found.push(row);
    } finally {
      await target.close();
    }
  }
  return found;
}

/** Decisions alone, and then with their outcomes: those of many routers come to few each, and a commit is of one router. */
async function measure(replicas: readonly Replica[], { rate, seconds, feedbackBatch, settleSeconds }: GrowthOptions) {
  await runStep(replicas, { rate, seconds: WARM_UP_SECONDS, feedbackBatch });
  const idle_cpu_ms_per_s = await idleCost(replicas, settleSeconds);
  const { row } = await runStep(replicas, { rate, seconds, feedbackBatch: 0 });
  const { row: both } = await runStep(replicas, { rate, seconds, feedbackBatch });
  const { decisions_per_s, p50_ms, p99_ms, errors, cpu_us_per_request, rss_mb } = row;
  return {
    ...{ decisions_per_s, p50_ms, p99_ms, cpu_us_per_request, rss_mb },
    idle_cpu_ms_per_s,
    cpu_us_with_outcome: both.cpu_us_per_request,
    errors: errors + both.errors,
  };
}

/** What the warm-up left to do is done before. */
async function idleCost(replicas: readonly Replica[], settleSeconds: number): Promise<number> {
  const urls = replicas.map(({ url }) => url);
  await sleep(settleSeconds * 1000);
  const before = await usageOf(urls);
  await sleep(IDLE_SECONDS * 1000);
  const after = await usageOf(urls);
  return Number((((after.cpuSeconds - before.cpuSeconds) * 1000) / IDLE_SECONDS).toFixed(1));
}

async function byRows(options: GrowthOptions): Promise<GrowthRow[]> {
  if (options.rows.length === 0) return [];
  const postgres = await startPostgres(settings);
  const found: GrowthRow[] = [];
  try {
    await begin(options.program, postgres.url());
    for (const rows of options.rows) {
      const row = await atRows(rows, postgres.url(), options);
      options.onRow?.(row);
      found.push(row);
    }
    return found;
  } finally {
    await postgres.close();
  }
}

const ids = routerIds(1);

/** One decision with its outcomes, to be copied, and the days that the copies go to. */
async function begin(program: string, databaseUrl: string): Promise<void> {
  const process = await startProcess({ program, databaseUrl, ownGroup: true });
  const replica = replicaAt(process.url, ids);
  try {
    await makeRouters([process.url], ids);
    const { row } = await runStep([replica], { rate: 10, seconds: 1, feedbackBatch: 5 });
    if (row.errors > 0) throw new Error(`the first decisions could not be made and reported (${row.errors} errors)`);
  } finally {
    await hangUp(replica);
    await process.stop();
  }
  const store = await openStore({ databaseUrl });
  const day = 86_400_000;
  await makeDays(
    store.db,
    Array.from({ length: DAYS + 1 }, (_, i) => new Date(Math.floor(Date.now() / day - i) * day)),
  );
  await store.close();
}

async function atRows(rows: number, databaseUrl: string, options: GrowthOptions): Promise<GrowthRow> {
  options.tell?.(`filling the logs up to ${rows} rows`);
  const filled = await asking(databaseUrl, (client) => fill(client, { router: ids[0]!, rows, days: DAYS }));
  options.tell?.(`measuring at ${rows} rows`);
  const start = performance.now();
  const process = await startProcess({ program: options.program, databaseUrl, ownGroup: true });
  const started_in_s = Number(((performance.now() - start) / 1000).toFixed(1));
  const replica = replicaAt(process.url, ids);
  try {
    const measured = await measure([replica], options);
    const known = await someIds(databaseUrl);
    const by_id_p50_ms = await lookedUp(replica, known);
    const pruning = await touchedDays(databaseUrl, known);
    return {
      ...measured,
      ...pruning,
      routers: 1,
      stored_rows: filled.decisions + filled.outcomes,
      started_in_s,
      by_id_p50_ms,
    };
  } finally {
    await hangUp(replica);
    await process.stop();
  }
}

/** From anywhere in the logs, but not so old that their outcomes come too late. */
const someIds = (databaseUrl: string): Promise<string[]> =>
  asking(databaseUrl, async (client) => {
    const { rows } = await client.query<{ decision_id: string }>(
      `select decision_id from feedback where stripe = 900 and router = $1 and metric = 'accuracy'
         and stripe_version = any (select 1 + floor(random() * (select version from stripes where stripe = 900))::int from generate_series(1, $2))
       order by random() limit $2`,
      [ids[0], LOOK_UPS],
    );
    return rows.map((row) => row.decision_id);
  });

async function lookedUp({ url, feedback }: Replica, known: readonly string[]): Promise<number | null> {
  const took: number[] = [];
  for (const decision_id of known) {
    const body = JSON.stringify({ decision_id, router: ids[0], metrics: { latency_ms: 5 } });
    const answer = await new Promise<Answer | undefined>((resolve) =>
      feedback.send(postRequest(url, '/v1/feedback', body), performance.now(), resolve),
    );
    if (answer?.status !== 200) throw new Error(`an outcome by id was answered ${answer?.status}: ${answer?.body}`);
    took.push(answer.answeredAt - answer.sentAt);
  }
  return percentile(took, 0.5) ?? null;
}

/** How many days a look-up of a decision, and a duplicate of its outcome, really touch: seen in the plans. */
async function touchedDays(
  databaseUrl: string,
  known: readonly string[],
): Promise<Pick<GrowthRow, 'days' | 'days_touched'>> {
  const store = await openStore({ databaseUrl });
  const key = { tenant: 'default', router: ids[0]! };
  try {
    const recording = record(store);
    await readDecision(recording.store, key, known[0]!);
    const [read] = await readOutcomes(recording.store, key, [known[0]!]);
    const again = { ...key, ...read!, correction: false };
    // What a duplicate is compared with is read by a stripe that nothing was written to.
    await applyOutcomes(recording.store, {
      stripe: { ...key, stripe: 901, version: 0 },
      ...{ owner: 'measurement', rows: [again], targetOf: () => 0, receivedAt: new Date() },
    });
    const looking = recording.issued.filter(({ text }) => /^\s*select/.test(text));
    let most = 0;
    for (const one of looking) most = Math.max(most, (await touchedPartitions(store, [one])).length);
    const days = await asking(databaseUrl, (client) =>
      client.query<{ days: number }>(`select count(*)::int as days from pg_partition_tree('feedback') where isleaf`),
    );
    return { days: days.rows[0]!.days, days_touched: most };
  } finally {
    await store.close();
  }
}
