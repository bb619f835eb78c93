/**
 * A moderate load for a long time, on two replicas over one Postgres: whether anything grows that shouldn't. One router
 * keeps all that it learned, the other has a half-life of seconds, so that most of its epochs are forgotten.
 *
 * Days pass faster than in life: the logs begin with a month of them, and maintenance is run, beside that of the replicas,
 * as if another day had come, so that days are made and dropped under load.
 */
import { fileURLToPath } from 'node:url';

import { maintain } from '../../../src/store/maintain.js';
import { openStore } from '../../../src/store/open-store.js';
import { dayMs, makeDays } from '../../../src/store/partitions.js';
import type { Store } from '../../../src/store/store.js';
import { startCluster, type Cluster } from '../../support/cluster/cluster.js';
import { machine } from '../../support/machine.js';
import { asking } from '../database.js';
import { fill } from '../fill.js';
import { offer } from '../offer.js';
import { hangUp, makeRouters, replicaAt, routerIds, type Replica } from '../target.js';
import { sampleDatabase, sampleReplica, type ReplicaSample, type Sample } from './sample.js';
import { fewestReadings, trendOf, type Tolerance, type Trend } from './trend.js';

export interface SoakOptions {
  readonly program: string;
  readonly minutes: number;
  readonly replicas: number;
  /** Decisions a second over all replicas, each with an outcome. */
  readonly rate: number;
  readonly feedbackBatch: number;
  readonly settings?: Record<string, string>;
  /** Between two samples; 10 by default. */
  readonly sampleSeconds?: number;
  readonly tell?: (words: string) => void;
  readonly onSample?: (sample: Sample) => void;
}

export interface SoakReport {
  readonly machine: string;
  readonly minutes: number;
  readonly rate: number;
  readonly decisions: number;
  readonly outcomes: number;
  /** Requests that were refused, failed or given up. */
  readonly errors: number;
  /** Days that were to pass, and what maintenance made and dropped of them. */
  readonly days_passed: number;
  readonly days_made: number;
  readonly days_dropped: number;
  /** Stripes that were folded: by maintenance before it dropped days, and by the replicas themselves. */
  readonly folds: number;
  readonly samples: readonly Sample[];
  /** Of what must not grow, by its name. */
  readonly trends: Readonly<Record<string, Trend>>;
  /** What is not as it must be, in words; nothing where all is well. */
  readonly faults: readonly string[];
}

const halfLife = '8s';
/** Days that the logs begin with; with the retention of thirty none of them is dropped at first. */
const pastDays = 29;
const pastRows = 30_000;
/** Days that pass in a run, so that the oldest is always of the past that was filled. */
const passingDays = 20;

export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  options.tell?.(`starting Postgres and ${options.replicas} replicas`);
  const garbage = fileURLToPath(new URL('../../support/collect-garbage.js', import.meta.url));
  const cluster = await startCluster({ ...options, env: { NODE_OPTIONS: `--import ${garbage}` } });
  const ids = routerIds(2);
  const urls = cluster.replicas.map(({ url }) => url);
  const replicas = urls.map((url) => replicaAt(url, ids));
  let store: Store | undefined;
  try {
    await makeRouters(urls, ids, (i) => (i === 1 ? { half_life: halfLife } : {}));
    store = await openStore({ databaseUrl: cluster.databaseUrl });
    await beginWithPast(cluster, replicas, store, ids[0]!, options);
    return await soak(cluster, replicas, store, options);
  } finally {
    options.tell?.('stopping');
    await store?.close();
    await Promise.all(replicas.map(hangUp));
    await cluster.stop();
  }
}

async function beginWithPast(
  { databaseUrl }: Cluster,
  replicas: readonly Replica[],
  store: Store,
  router: string,
  { tell }: SoakOptions,
): Promise<void> {
  tell?.('filling a month of days');
  await offer(replicas, { rate: 20, seconds: 1, feedbackBatch: 5 });
  const today = Math.floor(Date.now() / dayMs);
  await makeDays(
    store.db,
    Array.from({ length: pastDays + 1 }, (_, i) => new Date((today - i) * dayMs)),
  );
  await asking(databaseUrl, (client) => fill(client, { router, rows: pastRows, days: pastDays }));
}

async function soak(
  cluster: Cluster,
  replicas: readonly Replica[],
  store: Store,
  options: SoakOptions,
): Promise<SoakReport> {
  const { minutes, rate, feedbackBatch, sampleSeconds = 10, tell, onSample } = options;
  const start = Date.now();
  const passed = () => (Date.now() - start) / 1000;
  const samples: Sample[] = [];
  let [decisions, outcomes, errors, made, dropped, folded, day] = [0, 0, 0, 0, 0, 0, 0];
  // On a busy machine a reading may take longer than what comes between two.
  while (passed() < minutes * 60 || samples.length < fewestReadings) {
    tell?.(`${(passed() / 60).toFixed(1)} of ${minutes} minutes`);
    const { tally } = await offer(replicas, { rate, seconds: sampleSeconds, feedbackBatch });
    decisions += tally.decisions;
    outcomes += tally.applied;
    errors += tally.errors;
    for (const due = Math.floor((passed() / (minutes * 60)) * passingDays); day < Math.min(due, passingDays);) {
      const maintained = await maintain(store, { now: new Date(Date.now() + ++day * dayMs) });
      made += maintained.made.length;
      dropped += maintained.dropped.length;
      folded += maintained.folded;
    }
    const sample = {
      seconds: passed(),
      replicas: await Promise.all(cluster.replicas.map(sampleReplica)),
      database: await sampleDatabase(cluster.databaseUrl),
    };
    samples.push(sample);
    onSample?.(sample);
  }
  const folds = folded + lastOf(samples, ({ folds }) => folds);
  const counts = { decisions, outcomes, errors, days_passed: day, days_made: made, days_dropped: dropped, folds };
  return { machine: machine(), minutes, rate, ...counts, samples, ...judged(samples, counts) };
}

/** Summed over the replicas, as it was at the end. */
const lastOf = (samples: readonly Sample[], count: (replica: ReplicaSample) => number): number =>
  samples.at(-1)!.replicas.reduce((sum, replica) => sum + count(replica), 0);

/** What may rise over half of a run without being called growth: collections and vacuums come at their own times. */
const tolerances = {
  replica: {
    rss_mb: { part: 0.05, amount: 16 },
    heap_mb: { part: 0.05, amount: 3 },
    open_files: { part: 0, amount: 5 },
    active_handles: { part: 0, amount: 5 },
  },
  database: {
    // Each of the tables is vacuumed at a thousand, by a launcher that comes once a minute.
    dead_rows: { part: 0, amount: 10_000 },
    state_mb: { part: 0.1, amount: 4 },
    connections: { part: 0, amount: 5 },
    days: { part: 0, amount: 2 },
  },
} as const satisfies Record<string, Record<string, Tolerance>>;

/** What was done in the run, without which that nothing grew says nothing. */
export type Done = Pick<SoakReport, 'errors' | 'days_passed' | 'days_made' | 'days_dropped' | 'folds'>;

export function judged(samples: readonly Sample[], done: Done): Pick<SoakReport, 'trends' | 'faults'> {
  const trends: Record<string, Trend> = {};
  const follow = (name: string, tolerance: Tolerance, valueOf: (sample: Sample) => number) => {
    const readings = samples.map((sample) => ({ seconds: sample.seconds, value: valueOf(sample) }));
    trends[name] = trendOf(readings, tolerance);
  };
  for (const [r] of samples[0]!.replicas.entries())
    for (const [name, tolerance] of entries(tolerances.replica))
      follow(`replica ${r + 1} ${name}`, tolerance, ({ replicas }) => replicas[r]![name]);
  for (const [name, tolerance] of entries(tolerances.database))
    follow(`database ${name}`, tolerance, ({ database }) => database[name]);
  const faults = Object.entries(trends)
    .filter(([, { grows }]) => grows)
    .map(([name, { rise, tolerated }]) => `${name} rose by ${rise.toFixed(1)} (tolerated ${tolerated.toFixed(1)})`);
  const failed = lastOf(samples, ({ failed_tasks }) => failed_tasks);
  if (failed > 0) faults.push(`${failed} runs of tasks in the background failed`);
  if (done.errors > 0) faults.push(`${done.errors} requests were refused, failed or given up`);
  faults.push(...notDone(samples, done));
  return { trends, faults };
}

/** A replica maintains the logs by itself an hour after its start; shorter runs have the maintenance of the run alone. */
const ownMaintenanceSeconds = 3_700;

function notDone(samples: readonly Sample[], done: Done): string[] {
  const { days_passed: passed, days_made: made, days_dropped: dropped, folds } = done;
  const found: string[] = [];
  if (passed === 0) found.push('no day passed');
  if (made < passed) found.push(`${made} of ${passed} days were made`);
  // The month that the logs begin with is as long as days are kept, less one.
  if (dropped < passed - 1) found.push(`${dropped} of ${passed - 1} days were dropped`);
  if (folds === 0) found.push('no stripe was folded');
  const { seconds, replicas } = samples.at(-1)!;
  const idle = replicas.flatMap(({ maintenances }, r) => (maintenances === 0 ? [r + 1] : []));
  if (seconds > ownMaintenanceSeconds) found.push(...idle.map((r) => `replica ${r} never maintained the logs`));
  return found;
}

const entries = <K extends string, V>(record: Readonly<Record<K, V>>): [K, V][] => Object.entries(record) as [K, V][];
