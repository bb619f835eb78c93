/**
 * Requests a second of POST /v1/route with the decision log on, beside a bare Fastify route that parses as much JSON and
 * answers as much; both in a process of their own, asked in turns. Then the 99th percentile at half that load, and rows a
 * second of feedback in batches. Times are 1e6 / rate, in microseconds; the ratio is the median of those of the rounds, each of
 * the service and the bare route one after the other.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import autocannon from 'autocannon';

import type { RouteAnswer, RouterSpec, StoreChoice } from '../../src/index.js';
import { startPostgres } from '../support/postgres-server.js';
import { median } from './compare.js';
import { benchContext, benchRouter } from './bench-router.js';
import { startServerProcess, type ServerProcess } from './http-child.js';
import { random } from './random.js';
import type { BenchModule, Row } from './row.js';

const CONNECTIONS = 32;
/** Many short rounds, because what else the machine does comes and goes. */
const ROUNDS = 9;
const ROUND_SECONDS = 2;
const HALF_LOAD_SECONDS = 4;
const BODIES = 32;
/** Feedback: items a batch, two outcomes an item, and batches in flight. */
const BATCH = 500;
const BATCHES = 24;
const IN_FLIGHT = 4;

interface Place {
  readonly name: string;
  readonly store: StoreChoice;
  close(): Promise<void>;
}

async function pglite(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'tradewind-bench-'));
  const close = () => rm(folder, { recursive: true, force: true });
  return { name: 'PGlite', store: { dataDir: folder }, close };
}

/** With fsync, as it is shipped. */
async function postgres(): Promise<Place> {
  const server = await startPostgres({});
  return { name: 'Postgres', store: { databaseUrl: server.url() }, close: () => server.close() };
}

const SIZES = [
  { arms: 3, d: 26 },
  { arms: 16, d: 64 },
] as const;
type Size = (typeof SIZES)[number];

async function* rows(): AsyncIterable<Row> {
  // The test support's Postgres keeps no process alive by itself.
  const alive = setInterval(() => undefined, 1000);
  try {
    for (const open of [pglite, postgres]) for (const size of SIZES) yield* measuredAt(open, size);
  } finally {
    clearInterval(alive);
  }
}

async function* measuredAt(open: () => Promise<Place>, size: Size): AsyncIterable<Row> {
  const place = await open();
  try {
    yield* measured(place, size);
  } finally {
    await place.close();
  }
}

async function* measured({ name, store }: Place, { arms, d }: Size): AsyncIterable<Row> {
  const spec = benchRouter(arms, d, { name: 'linucb' });
  const next = random(6);
  const bodies = Array.from({ length: BODIES }, (_, k) =>
    JSON.stringify({ router: spec.id, context: benchContext(d, k, next) }),
  );
  const service = await startServerProcess({ be: 'service', store, spec });
  const bare = await startServerProcess({ be: 'bare', answer: await ask(service, bodies[0]!) });
  try {
    yield await routing(`POST /v1/route, ${name}`, spec, d, service, bare, bodies);
    yield await feedback(`feedback rows, ${name}`, spec, d, service, bodies);
  } finally {
    await Promise.all([service.stop(), bare.stop()]);
  }
}

async function routing(
  name: string,
  { arms }: RouterSpec,
  d: number,
  service: ServerProcess,
  bare: ServerProcess,
  bodies: readonly string[],
): Promise<Row> {
  const [rates, references]: [number[], number[]] = [[], []];
  for (let round = 0; round <= ROUNDS; round++) {
    const [ours, theirs] = [await load(service, bodies, ROUND_SECONDS), await load(bare, bodies, ROUND_SECONDS)];
    // The first round finds cold code.
    if (round === 0) continue;
    rates.push(ours.requests.average);
    references.push(theirs.requests.average);
  }
  const [rate, reference] = [median(rates), median(references)];
  const waiting = await waitingDecisions(service);
  const [half, halfReference] = [
    await load(service, bodies, HALF_LOAD_SECONDS, rate / 2),
    await load(bare, bodies, HALF_LOAD_SECONDS, reference / 2),
  ];
  return {
    name,
    arms: arms.length,
    d,
    median_us: 1e6 / rate,
    reference: 'bare Fastify JSON route',
    reference_median_us: 1e6 / reference,
    ratio: median(rates.map((one, round) => one / references[round]!)),
    p99_ms_at_half_load: half.latency.p99,
    reference_p99_ms_at_half_load: halfReference.latency.p99,
    decisions_waiting_after: waiting,
  };
}

/** @param duration seconds @param rate requests a second over all connections; as many as go without one @throws Error when any was refused */
async function load(
  server: ServerProcess,
  bodies: readonly string[],
  duration: number,
  rate?: number,
): Promise<autocannon.Result> {
  const result = await autocannon({
    url: server.url,
    connections: CONNECTIONS,
    duration,
    requests: bodies.map((body) => ({
      method: 'POST' as const,
      path: '/v1/route',
      headers: { 'content-type': 'application/json' },
      body,
    })),
    ...(rate === undefined ? {} : { overallRate: Math.round(rate) }),
  });
  const failed = result.non2xx + result.errors + result.timeouts;
  if (failed > 0) throw new Error(`${failed} of ${result.requests.total} requests were refused or failed`);
  return result;
}

/** Outcomes of new decisions, posted in batches; the clock runs from the first batch to the last commit. */
async function feedback(
  name: string,
  { arms }: RouterSpec,
  d: number,
  service: ServerProcess,
  bodies: readonly string[],
): Promise<Row> {
  const tokens = await manyTokens(service, bodies);
  const batches = Array.from({ length: BATCHES }, (_, b) =>
    JSON.stringify({
      items: tokens.slice(b * BATCH, (b + 1) * BATCH).map((feedback_token, k) => ({
        feedback_token,
        metrics: { accuracy: k % 2, energy_j: 10 + (k % 90) },
      })),
    }),
  );
  const start = performance.now();
  await inParallel(batches, async (body) => {
    const { results } = (await post(`${service.url}/v1/feedback`, body)) as { results: { status: string }[] };
    if (results.some(({ status }) => status !== 'applied')) throw new Error('an outcome was not taken in');
  });
  const median_us = ((performance.now() - start) * 1000) / (2 * tokens.length);
  const none = { reference: null, reference_median_us: null, ratio: null };
  return { name, arms: arms.length, d, median_us, ...none };
}

async function manyTokens(service: ServerProcess, bodies: readonly string[]): Promise<string[]> {
  const tokens: string[] = [];
  await inParallel(
    Array.from({ length: BATCH * BATCHES }, (_, k) => bodies[k % BODIES]!),
    async (body) => {
      tokens.push((await ask(service, body)).feedback_token!);
    },
  );
  return tokens;
}

async function inParallel<T>(items: readonly T[], task: (item: T) => Promise<void>): Promise<void> {
  let at = 0;
  const worker = async () => {
    while (at < items.length) await task(items[at++]!);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
}

const ask = async ({ url }: ServerProcess, body: string) => (await post(`${url}/v1/route`, body)) as RouteAnswer;

async function post(url: string, body: string): Promise<unknown> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  if (response.ok) return response.json();
  throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
}

/** Decisions that the load left in the queue of the log: few, when the store keeps up with the answers. */
async function waitingDecisions({ url }: ServerProcess): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/tradewind_queue_rows\{queue="decisions"\} (\S+)/.exec(text)?.[1]);
}

export const http: BenchModule = { name: 'http', rows };
