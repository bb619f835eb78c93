/**
 * The logs are kept in one partition a day (UTC) of the decision's time, so that old days are dropped whole and a
 * lookup by id touches one day. Days are made ahead; one that was dropped is never made again, because its rows could
 * then be counted twice.
 */
import { sql, type Kysely, type Transaction } from 'kysely';

import type { Tables } from './tables.js';

export const dayMs = 86_400_000;
export const loggedByDay = ['decisions', 'feedback', 'feedback_corrections'] as const;
export type DayTable = (typeof loggedByDay)[number];

/** One process at a time makes or drops partitions. */
const lockNumber = 7_402_846_319;

export const startOfDay = (time: Date): Date => new Date(Math.floor(time.getTime() / dayMs) * dayMs);

const partitionName = (table: DayTable, day: Date): string =>
  `${table}_${day.toISOString().slice(0, 10).replaceAll('-', '')}`;

/** Days that have a partition of the table, the oldest first. */
export async function daysOf(db: Kysely<Tables>, table: DayTable): Promise<Date[]> {
  const { rows } = await sql<{ day: string }>`
    select right(child.relname, 8) as day
    from pg_inherits join pg_class child on child.oid = inhrelid
    where inhparent = ${table}::regclass
    order by day`.execute(db);
  return rows.map(({ day }) => new Date(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T00:00:00Z`));
}

/** The day before which everything has been dropped for good. */
export async function logFloor(db: Kysely<Tables>): Promise<Date> {
  const row = await db.selectFrom('log_floor').select('dropped_before').executeTakeFirstOrThrow();
  return row.dropped_before;
}

/**
 * Makes the partitions of the given days, except those before the floor.
 * @returns the days that were made
 */
export async function makeDays(db: Kysely<Tables>, days: readonly Date[]): Promise<Date[]> {
  return db.transaction().execute(async (transaction) => {
    await lockPartitions(transaction);
    const floor = await logFloor(transaction);
    const allowed = days.filter((day) => day >= floor);
    const made = new Set<number>();
    for (const table of loggedByDay) {
      const present = new Set((await daysOf(transaction, table)).map(Number));
      for (const day of allowed.filter((day) => !present.has(Number(day)))) {
        await makePartition(transaction, table, day);
        made.add(Number(day));
      }
    }
    return [...made].map((ms) => new Date(ms));
  });
}

/**
 * Drops every partition of days before `floor`, for good.
 * @returns the days that were dropped
 * @throws Error when outcomes of such a day are not in the folded sums yet
 */
export async function dropDays(db: Kysely<Tables>, floor: Date): Promise<Date[]> {
  return db.transaction().execute(async (transaction) => {
    await lockPartitions(transaction);
    // Dropping needs the whole table for a moment. Where a long read holds it, the next maintenance tries again.
    await sql`set local lock_timeout = '500ms'`.execute(transaction);
    await transaction
      .updateTable('log_floor')
      .set({ dropped_before: floor })
      .where('dropped_before', '<', floor)
      .execute();
    const dropped = new Set<number>();
    for (const table of loggedByDay) {
      for (const day of (await daysOf(transaction, table)).filter((day) => day < floor)) {
        if (table === 'feedback') await refuseUnfolded(transaction, day);
        await sql`drop table ${sql.id(partitionName(table, day))}`.execute(transaction);
        dropped.add(Number(day));
      }
    }
    return [...dropped].map((ms) => new Date(ms));
  });
}

/** The rows of a day may go only once they are in the folded sums. New ones are kept out while this looks. */
async function refuseUnfolded(transaction: Transaction<Tables>, day: Date): Promise<void> {
  const partition = sql.id(partitionName('feedback', day));
  await sql`lock table ${partition} in share mode`.execute(transaction);
  const { rows } = await sql<{ router: string }>`
    select s.router from stripes s
    where exists (
      select from ${partition} f
      where f.tenant = s.tenant and f.router = s.router and f.stripe = s.stripe and f.stripe_version > s.folded
    )
    limit 1`.execute(transaction);
  if (rows.length > 0) {
    throw new Error(`outcomes of ${day.toISOString().slice(0, 10)} of router ${rows[0].router} are not folded yet`);
  }
}

/** `create table … partition of` would lock out every reader of the whole table; attaching an empty table doesn't. */
async function makePartition(transaction: Transaction<Tables>, table: DayTable, day: Date): Promise<void> {
  const partition = sql.id(partitionName(table, day));
  const from = sql.lit(day.toISOString());
  const to = sql.lit(new Date(day.getTime() + dayMs).toISOString());
  await sql`create table ${partition} (like ${sql.id(table)} including all)`.execute(transaction);
  await sql`alter table ${sql.id(table)} attach partition ${partition} for values from (${from}) to (${to})`.execute(
    transaction,
  );
}

async function lockPartitions(transaction: Transaction<Tables>): Promise<void> {
  await sql`select pg_advisory_xact_lock(${lockNumber})`.execute(transaction);
}
