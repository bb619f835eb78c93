/**
 * Taking back what a source reported: the retractions themselves, and on every logged outcome the number of the one that
 * took it out. 0 says that none did. The column has a constant default, so no row is rewritten; it costs 4 bytes a row,
 * 8 with their alignment.
 *
 * One retraction of a router is under way at a time: it may bring back a value that another one is to take out.
 */
import { sql, type Kysely } from 'kysely';

const name = 'text collate "C" not null';

const statements = [
  `create table retractions (
    tenant ${name},
    router ${name},
    retraction int not null check (retraction >= 1),
    source text not null,
    since timestamptz not null,
    until timestamptz,
    requested_by text not null,
    reason text not null,
    requested_at timestamptz not null,
    horizon json not null,
    progress json not null,
    outcomes bigint not null default 0,
    restored bigint not null default 0,
    oldest timestamptz,
    worker text not null,
    worked_at timestamptz not null,
    finished_at timestamptz,
    primary key (tenant, router, retraction)
  )`,
  'create unique index on retractions (tenant, router) where finished_at is null',
  'alter table feedback add column retraction int not null default 0',
  'alter table feedback_corrections add column retraction int not null default 0',
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
