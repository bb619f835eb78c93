/** What some work costs a Postgres server, a row: seen in the sizes of its tables, its log, and its processes. */
import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { sql } from 'kysely';

import type { Store } from '../../../src/store/store.js';

export interface Rows {
  readonly what: string;
  /** The table whose growth counts, with all of its partitions. */
  readonly table: string;
  readonly rows: number;
}

/** Bytes and microseconds a row. */
export interface Cost extends Rows {
  readonly arms: number;
  readonly d: number;
  readonly table_bytes: number;
  /** Long values, kept apart. */
  readonly toast_bytes: number;
  readonly index_bytes: number;
  readonly wal_bytes: number;
  /** Processor time of all processes of the server. */
  readonly server_us: number;
  readonly client_us: number;
  readonly rows_per_s: number;
}

export async function costOf(
  store: Store,
  folder: string,
  { arms, d, ...rows }: Rows & { readonly arms: number; readonly d: number },
  work: () => Promise<unknown>,
): Promise<Cost> {
  // The first change of a page after a checkpoint is logged as a whole page: work begins as it goes on, without one.
  await sql`checkpoint`.execute(store.db);
  const before = await sizesOf(store, rows.table);
  const [cpu, own, start] = [await serverMicroseconds(folder), process.cpuUsage(), performance.now()];
  await work();
  const seconds = (performance.now() - start) / 1_000;
  const { user, system } = process.cpuUsage(own);
  const spent = (await serverMicroseconds(folder)) - cpu;
  const after = await sizesOf(store, rows.table);
  const each = (total: number) => total / rows.rows;
  return {
    ...{ ...rows, arms, d },
    table_bytes: each(after.heap - before.heap),
    toast_bytes: each(after.toast - before.toast),
    index_bytes: each(after.index - before.index),
    wal_bytes: each(after.wal - before.wal),
    server_us: each(spent),
    client_us: each(user + system),
    rows_per_s: rows.rows / seconds,
  };
}

interface Sizes {
  readonly heap: number;
  readonly toast: number;
  readonly index: number;
  readonly wal: number;
}

async function sizesOf(store: Store, table: string): Promise<Sizes> {
  const { rows } = await sql<Sizes>`
    select coalesce(sum(pg_relation_size(relid)), 0)::bigint as heap,
      coalesce(sum(pg_table_size(relid) - pg_relation_size(relid)), 0)::bigint as toast,
      coalesce(sum(pg_indexes_size(relid)), 0)::bigint as index,
      pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint as wal
    from pg_partition_tree(${table}::regclass)`.execute(store.db);
  return rows[0];
}

/** Of the postmaster, its children, and those of them that have ended. Linux only; 0 elsewhere. */
async function serverMicroseconds(folder: string): Promise<number> {
  if (process.platform !== 'linux') return 0;
  const postmaster = Number((await readFile(join(folder, 'postmaster.pid'), 'utf8')).split('\n', 1)[0]);
  const ticks = Number((await promisify(execFile)('getconf', ['CLK_TCK'])).stdout);
  const times = await Promise.all(
    (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map((pid) => processTimes(Number(pid), postmaster)),
  );
  return (times.reduce((sum, time) => sum + time, 0) * 1_000_000) / ticks;
}

/** Ticks of a process, of its ended children too where it is the postmaster; 0 for processes of others. */
async function processTimes(pid: number, postmaster: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // After the name, which may hold anything: state, parent, … and from the 12th on the times.
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [user, system, endedUser, endedSystem] = fields.slice(11, 15);
  if (pid === postmaster) return user + system + endedUser + endedSystem;
  return fields[1] === postmaster ? user + system : 0;
}
