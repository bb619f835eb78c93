/**
 * The watch of a router for changes that nobody tells: who runs it, the version of each stripe up to which it has taken
 * outcomes in, and what its detectors remember. `version` counts the writes, so that of two processes that believe the
 * watch is theirs one cannot write.
 */
import { sql, type Kysely } from 'kysely';

const name = 'text collate "C" not null';

const watches = `create table watches (
  tenant ${name},
  router ${name},
  owner text not null,
  version bigint not null,
  position json not null,
  state json not null,
  changed_at timestamptz not null,
  primary key (tenant, router)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000)`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(watches).execute(db);
}
