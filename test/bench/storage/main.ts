/**
 * `npm run bench:storage [-- --decisions 20000] [--json FILE]`: what a logged decision and an outcome cost in a Postgres of
 * its own with the usual durability: bytes of table, of index, of write-ahead log, and processor time at the server and
 * here; and what the same rows take when they are exported. What a given traffic needs follows from it, in
 * `migrations/README.md`.
 */
import { writeFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { exportLog } from '../../../src/cli/export/export-log.js';
import { tables } from '../../../src/cli/export/tables.js';
import { decide } from '../../../src/routing/decide.js';
import { fold, outcomeRows, targetOf } from '../../../src/routing/learn.js';
import type { LoggedDecision } from '../../../src/routing/decision.js';
import type { OutcomeRow } from '../../../src/routing/outcome.js';
import { buildRouter, type Router } from '../../../src/routing/router.js';
import { StatisticsTable } from '../../../src/routing/statistics-table.js';
import { ViewMaker, type View } from '../../../src/routing/view.js';
import { decisionIds } from '../../../src/runtime/decision-ids.js';
import { sameVersions } from '../../../src/runtime/same-versions.js';
import { applyOutcomes } from '../../../src/store/apply-outcomes.js';
import { createRouter } from '../../../src/store/create-router.js';
import { catchUp } from '../../../src/store/catch-up.js';
import { foldStripes } from '../../../src/store/fold-stripes.js';
import { insertDecisions } from '../../../src/store/insert-decisions.js';
import type { KnownStatistics } from '../../../src/store/load-statistics.js';
import { maintain } from '../../../src/store/maintain.js';
import { migrate } from '../../../src/store/migrate.js';
import { openStore } from '../../../src/store/open-store.js';
import type { Store } from '../../../src/store/store.js';
import { nextWidth } from '../../../src/store/version-pages.js';
import { startPostgres } from '../../support/postgres-server.js';
import { benchContext, benchRouter } from '../bench-router.js';
import { random } from '../random.js';
import { costOf, type Cost, type Rows } from './cost.js';

const batchSize = 500;
/** As a replica asks: for so many versions first, and then for as many as bring about so many rows. */
const firstStep = 2;
const rowsWanted = 500;
const sizes = [
  { arms: 3, d: 26 },
  { arms: 16, d: 64 },
];

const chunks = <T>(rows: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(rows.length / batchSize) }, (_, i) => rows.slice(i * batchSize, (i + 1) * batchSize));

/** Decisions of a router that has learned a little, so that probabilities and expectations are as various as they are. */
function decisionsOf(router: Router, d: number, count: number): LoggedDecision[] {
  const next = random(1);
  const nextId = decisionIds(Date.now);
  const table = new StatisticsTable();
  const maker = new ViewMaker(router);
  const conditions = { prices: [], ceilings: [], allowances: [], broken: [] };
  const decideAll = (view: View, wanted: number) =>
    Array.from({ length: wanted }, (_, k) => {
      const request = { router: router.spec.id, context: benchContext(d, k, next) };
      return decide(view, conditions, request, nextId()).logged;
    });
  for (const row of outcomesOf(router, decideAll(maker.form(table, 0, {}), 200), next))
    fold(table, router.spec, row, 1);
  const decisions = decideAll(maker.form(table, 0, { 1: 1_234_567 }), count);
  maker.release();
  return decisions;
}

/** Two metrics a decision, as most services report. */
function outcomesOf(router: Router, decisions: readonly LoggedDecision[], next: () => number): OutcomeRow[] {
  return decisions.flatMap((logged) => {
    const metrics = { accuracy: next() < 0.7 ? 1 : 0, energy_j: 10 + 100 * next() };
    return outcomeRows(router.spec, { ...logged, decisionId: logged.id }, { metrics, source: 'bench' });
  });
}

async function log(store: Store, decisions: readonly LoggedDecision[]): Promise<void> {
  for (const batch of chunks(decisions)) {
    const refused = await insertDecisions(store, batch, new Date());
    if (refused.length > 0) throw new Error(refused[0].reason);
  }
}

/** What every other replica does with an outcome, in the steps in which it does it (`runtime/hosted-router.ts`). */
async function follow(store: Store, { tenant, spec }: Router): Promise<void> {
  let known: KnownStatistics = { versions: {}, logFloor: new Date(0) };
  let width = firstStep;
  for (let isThere = false; !isThere;) {
    const step = await catchUp(store, { tenant, router: spec.id }, known, width);
    if (!step) throw new Error('expected the log to be short enough to be followed');
    isThere = sameVersions(step.found, step.versions);
    width = nextWidth(width, step.changes.length, rowsWanted);
    known = step;
  }
}

async function report(store: Store, router: Router, decisions: readonly LoggedDecision[]): Promise<void> {
  const rows = outcomesOf(router, decisions, random(2));
  let version = 0;
  for (const batch of chunks(rows)) {
    const stripe = { tenant: router.tenant, router: router.spec.id, stripe: 1, version };
    const receivedAt = new Date();
    const target = (row: OutcomeRow) => targetOf(router.spec, row);
    ({ version } = await applyOutcomes(store, {
      ...{ stripe, owner: 'bench', rows: batch, targetOf: target, receivedAt },
    }));
  }
}

interface Measured {
  readonly costs: readonly Cost[];
  /** Bytes of Parquet a decision, by table. */
  readonly exported: Readonly<Record<string, number>>;
}

/** The day is not over, so it is written as it is now. */
async function exported(store: Store, router: string, count: number): Promise<Record<string, number>> {
  const out = await mkdtemp(join(tmpdir(), 'tradewind-bench-'));
  try {
    const wish = { out, tenant: 'default', router, format: 'parquet', partial: true, states: false, tables } as const;
    await exportLog(store, wish, { start: () => undefined, update: () => undefined });
    const bytes: Record<string, number> = {};
    for (const { name } of tables) {
      const files = await readdir(join(out, name), { recursive: true }).catch(() => []);
      const found = await Promise.all(files.map((file) => stat(join(out, name, file))));
      const total = found.reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0);
      if (total > 0) bytes[name] = total / count;
    }
    return bytes;
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

async function measure(size: (typeof sizes)[number], count: number): Promise<Measured> {
  const server = await startPostgres({});
  try {
    const store = await openStore({ databaseUrl: server.url(), poolSize: 2 });
    try {
      await migrate(store);
      await maintain(store);
      const spec = benchRouter(size.arms, size.d, { name: 'thompson' });
      await createRouter(store, { tenant: 'default', spec, profiles: [] }, new Date());
      const parts = { tenant: 'default', spec, revision: 1, profiles: [], encoders: new Map() };
      const router = buildRouter({ ...parts, secret: new Uint8Array(32).fill(7) });
      const decisions = decisionsOf(router, size.d, count);
      const of = (rows: Rows, work: () => Promise<unknown>) => costOf(store, server.folder, { ...size, ...rows }, work);
      const costs = [
        await of({ what: 'decision', table: 'decisions', rows: count }, () => log(store, decisions)),
        await of({ what: 'outcome', table: 'feedback', rows: 2 * count }, () => report(store, router, decisions)),
        await of({ what: 'outcome followed', table: 'feedback', rows: 2 * count }, () => follow(store, router)),
        await of({ what: 'fold of an outcome', table: 'statistics', rows: 2 * count }, () => foldStripes(store)),
      ];
      return { costs, exported: await exported(store, spec.id, count) };
    } finally {
      await store.close();
    }
  } finally {
    await server.close();
  }
}

const { values } = parseArgs({
  options: { decisions: { type: 'string', default: '20000' }, json: { type: 'string' } },
});
const count = Number(values.decisions);
if (!Number.isInteger(count) || count < batchSize)
  throw new RangeError(`--decisions expects a whole number from ${batchSize}, got ${values.decisions}`);
const found: (Measured & (typeof sizes)[number])[] = [];
const columns = ['table', 'toast', 'index', 'wal', 'server µs', 'here µs', 'rows/s'];
console.log(`${'bytes a row'.padEnd(34)}${columns.map((name) => name.padStart(11)).join('')}`);
for (const size of sizes) {
  const measured = await measure(size, count);
  found.push({ ...size, ...measured });
  for (const { what, ...cost } of measured.costs) {
    const { table_bytes, toast_bytes, index_bytes, wal_bytes, server_us, client_us, rows_per_s } = cost;
    const figures = [table_bytes, toast_bytes, index_bytes, wal_bytes, server_us, client_us, rows_per_s];
    const cells = figures.map((figure) => figure.toFixed(figure < 10 ? 1 : 0).padStart(11));
    console.log(`${`${what}, ${size.arms} arms, d ${size.d}`.padEnd(34)}${cells.join('')}`);
  }
  const files = Object.entries(measured.exported).map(([name, bytes]) => `${name} ${bytes.toFixed(0)}`);
  console.log(`as Parquet, bytes a decision: ${files.join(', ')}`);
}
if (values.json) writeFileSync(values.json, `${JSON.stringify(found, null, 2)}\n`);
