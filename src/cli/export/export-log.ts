/**
 * Writes the log of routers to files, one per table, router and day. A file under its own name is whole and never changes:
 * it is written under another name first, and only for a day that is final. So an export that was stopped, killed or run
 * twice goes on where it was, and the same day gives the same bytes.
 */
import { access, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { databaseTime } from '../../store/maintain.js';
import { daysOf } from '../../store/partitions.js';
import { listRouters } from '../../store/read-router.js';
import type { RouterRecord } from '../../store/router-record.js';
import type { Store } from '../../store/store.js';
import { Failure } from '../failures.js';
import { routerNamed } from '../router-named.js';
import type { Append, Column, Format, Row, RowSink } from './columns.js';
import { dayAfter, dayName, finalFrom } from './days.js';
import { writeFinished } from './finished-file.js';
import { parquetSink } from './parquet-sink.js';
import { stateBefore } from './state-before.js';
import type { ExportTable, TimeWindow } from './tables.js';
import { csvSink, jsonlSink } from './text-sinks.js';

export interface ExportWish {
  readonly out: string;
  readonly tenant: string;
  /** Every router of the tenant without it. */
  readonly router?: string;
  /** First and last day, both included; all that are stored without them. */
  readonly since?: Date;
  readonly until?: Date;
  readonly format: Format;
  readonly tables: readonly ExportTable[];
  /** Whether to write days that are not final, as `.partial`. */
  readonly partial: boolean;
  /** Whether to write what the router had learned before each day, for `evaluate --state`. */
  readonly states: boolean;
}

/** One file to be: a table, or the state before, of a router on a day. */
interface Part {
  readonly path: string;
  readonly day: Date;
  readonly final: boolean;
  /** @returns how many rows were written, of a state 1; 0 leaves no file */
  fill(append: Append): Promise<number>;
  readonly isState: boolean;
}

export interface ExportReport {
  readonly written: number;
  /** Files that were there already. */
  readonly kept: number;
  readonly rows: number;
  /** Days that are not final and were left out, by router. */
  readonly waiting: readonly string[];
}

export interface ExportWatch {
  start(files: number): void;
  update(done: number, note: string): void;
}

/** @throws Problem 'unknown-router' | Failure when a day that was asked for by name is not final */
export async function exportLog(store: Store, wish: ExportWish, watch: ExportWatch): Promise<ExportReport> {
  const { parts, waiting } = await partsOf(store, wish);
  let [written, kept, rows] = [0, 0, 0];
  watch.start(parts.length);
  for (const [i, part] of parts.entries()) {
    if (part.final && (await exists(part.path))) kept++;
    else {
      const count = await write(part, wish.out);
      if (count > 0) written++;
      if (!part.isState) rows += count;
    }
    watch.update(i + 1, `${rows} rows`);
  }
  return { written, kept, rows, waiting };
}

async function partsOf(store: Store, wish: ExportWish): Promise<{ parts: Part[]; waiting: string[] }> {
  const now = await databaseTime(store);
  const stored = await daysOf(store.db, 'decisions');
  const parts: Part[] = [];
  const waiting: string[] = [];
  for (const record of await routersOf(store, wish)) {
    for (const day of daysFor(record, stored, now, wish)) {
      const from = finalFrom(record.spec, day);
      const final = from <= now;
      if (!final && !wish.partial) waiting.push(`${dayName(day)} of ${record.router} (final on ${dayName(from)})`);
      else parts.push(...partsOfDay(store, record, day, final, wish));
    }
  }
  if (wish.until !== undefined && waiting.length > 0) throw notFinal(waiting);
  return { parts, waiting };
}

async function routersOf(store: Store, { tenant, router }: ExportWish): Promise<readonly RouterRecord[]> {
  return router === undefined ? listRouters(store, tenant) : [await routerNamed(store, tenant, router)];
}

/** Days on which the router may have decided, of those that were asked for. */
function daysFor(record: RouterRecord, stored: readonly Date[], now: Date, { since, until }: ExportWish): Date[] {
  const fits = (day: Date) => (since === undefined || day >= since) && (until === undefined || day <= until);
  return stored.filter((day) => day <= now && dayAfter(day) > record.createdAt && fits(day));
}

function notFinal(days: readonly string[]): Failure {
  const named = days.slice(0, 5).join(', ') + (days.length > 5 ? `, … ${days.length} in all` : '');
  return new Failure(
    `outcomes may still come for ${named}; leave them out with an earlier --until, or write them as they are now with --partial`,
  );
}

function partsOfDay(store: Store, record: RouterRecord, day: Date, final: boolean, wish: ExportWish): Part[] {
  const window = { from: day, to: dayAfter(day) };
  // Whatever a database holds, a name stays one segment of a path; those that can be declared are written as they are.
  const folder = `router=${encodeURIComponent(record.router)}`;
  const place = (table: string, kind: string) =>
    join(table, folder, `day=${dayName(day)}.${kind}${final ? '' : '.partial'}`);
  const files = wish.tables.map((table) => ({
    ...{ path: join(wish.out, place(table.name, wish.format)), day, final, isState: false },
    fill: (append: Append) => writeTable(store, record, table, window, wish.format, append),
  }));
  const state = {
    ...{ path: join(wish.out, place('rounds', 'state.json')), day, final, isState: true },
    fill: async (append: Append) => {
      const text = await stateBefore(store, record, window);
      if (text !== undefined) await append(Buffer.from(text));
      return text === undefined ? 0 : 1;
    },
  };
  return wish.states ? [...files, state] : files;
}

class Empty extends Error {}

/** A day on which nothing happened leaves no file; what was there of a day before it was final goes. */
async function write({ path, final, fill }: Part, out: string): Promise<number> {
  let rows = 0;
  await writeFinished(path, join(out, '.export', 'unfinished'), async (append) => {
    rows = await fill(append);
    if (rows === 0) throw new Empty();
  }).catch((error: unknown) => {
    if (!(error instanceof Empty)) throw error;
  });
  if (final) await rm(`${path}.partial`, { force: true });
  return rows;
}

async function writeTable(
  store: Store,
  record: RouterRecord,
  table: ExportTable,
  window: TimeWindow,
  format: Format,
  append: Append,
): Promise<number> {
  let rows = 0;
  let sink: RowSink | undefined;
  for await (const page of table.pages(store, record, window, format)) {
    sink ??= sinkFor(format, append, await table.columns(store, record, window, format), {
      ...{ tenant: record.tenant, router: record.router, day: dayName(window.from), table: table.name, format: '1' },
    });
    await sink.write(page as readonly Row[]);
    rows += page.length;
  }
  await sink?.finish();
  return rows;
}

function sinkFor(
  format: Format,
  append: Append,
  columns: readonly Column[],
  metadata: Readonly<Record<string, string>>,
): RowSink {
  if (format === 'parquet') return parquetSink(append, columns, metadata);
  return format === 'jsonl' ? jsonlSink(append, columns) : csvSink(append, columns);
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
