import { setTimeout as sleep } from 'node:timers/promises';

import { sql, type Kysely } from 'kysely';

import { migrations as shipped, type Migration } from '../../migrations/index.js';
import { Problem } from '../routing/problem.js';
import type { Store } from './store.js';

/** Any number will do, as long as every version of this program uses the same. */
const lockNumber = 7_402_846_318;
const retryMs = 100;

/**
 * Brings the tables up to date, in one transaction: all of it happens or nothing. Any number of processes may do it at
 * once: whoever has the advisory lock migrates, the others wait and find nothing left to do.
 * @returns the names of the migrations that were run
 * @throws Problem 'schema-too-new' when the database has migrations that this program does not know
 */
export async function migrate(store: Store, migrations: readonly Migration[] = shipped): Promise<string[]> {
  for (;;) {
    const ran = await store.db.transaction().execute((transaction) => attempt(anyTables(transaction), migrations));
    if (ran !== 'busy') {
      if (ran.length > 0) store.logger.info({ migrations: ran }, 'the database was migrated');
      return ran;
    }
    // Tried, not waited for: a statement that waits would run into its time-out behind a long migration.
    await sleep(retryMs);
  }
}

/**
 * Which migrations this program has and the database has not.
 * @throws Problem 'schema-too-new'
 */
export async function pendingMigrations(
  store: Store,
  migrations: readonly Migration[] = shipped,
): Promise<readonly string[]> {
  const { rows } = await sql<{ found: string | null }>`select to_regclass('schema_migrations')::text as found`.execute(
    store.db,
  );
  const applied = rows[0].found === null ? [] : await appliedNames(anyTables(store.db));
  return missing(applied, migrations).map(({ name }) => name);
}

/** Names of the migrations that a migrated database has, the newest last. */
export const appliedMigrations = (store: Store): Promise<readonly string[]> => appliedNames(anyTables(store.db));

/** Migrations say nothing of today's tables: yesterday's must go on compiling. */
const anyTables = (db: object) => db as Kysely<unknown>;

async function attempt(db: Kysely<unknown>, migrations: readonly Migration[]): Promise<string[] | 'busy'> {
  const { rows } = await sql<{ locked: boolean }>`select pg_try_advisory_xact_lock(${lockNumber}) as locked`.execute(
    db,
  );
  if (!rows[0].locked) return 'busy';
  await sql`create table if not exists schema_migrations (
    name text primary key, applied_at timestamptz not null default now()
  )`.execute(db);
  const pending = missing(await appliedNames(db), migrations);
  for (const migration of pending) {
    await migration.up(db);
    await sql`insert into schema_migrations (name) values (${migration.name})`.execute(db);
  }
  return pending.map(({ name }) => name);
}

async function appliedNames(db: Kysely<unknown>): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from schema_migrations order by name`.execute(db);
  return rows.map(({ name }) => name);
}

function missing(applied: readonly string[], known: readonly Migration[]): readonly Migration[] {
  const names = new Set(known.map(({ name }) => name));
  const unknown = applied.filter((name) => !names.has(name));
  if (unknown.length > 0) {
    throw new Problem(
      'schema-too-new',
      `the database has been migrated by a newer version of this program (it has ${unknown.join(', ')}; this version ` +
        `knows up to ${known.at(-1)?.name ?? 'nothing'}); run that version or a later one`,
    );
  }
  return known.filter(({ name }) => !applied.includes(name));
}
