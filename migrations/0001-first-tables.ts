/**
 * All tables of the first version. `README.md` says what each is for and why the keys are as they are.
 *
 * Names of tenants, routers, arms and the like are compared byte by byte (collation "C"): cheaper, the same on every
 * machine, and an index doesn't break when the operating system's collation changes.
 *
 * The two indexes for reading the log by version begin with the stripe, so that a look-up by key cannot use them: on a
 * day whose partition has no planner statistics yet both looked alike, and some look-ups read a whole router.
 */
import { sql, type Kysely } from 'kysely';

const name = 'text collate "C" not null';
const router = `tenant ${name}, router ${name}`;
/** NaN counts as larger than infinity in Postgres, so one comparison refuses both. */
const finite = (column: string) =>
  `${column} float8 not null check (${column} > '-infinity' and ${column} < 'infinity')`;

const tables = [
  `create table routers (
    ${router},
    revision bigint not null check (revision >= 1),
    secret bytea not null check (length(secret) = 32),
    created_at timestamptz not null,
    changed_at timestamptz not null,
    primary key (tenant, router)
  )`,
  `create table router_revisions (
    ${router},
    revision bigint not null,
    spec json not null,
    profiles json not null,
    changes json not null,
    created_at timestamptz not null,
    primary key (tenant, router, revision)
  )`,
  `create table artifacts (
    ${router},
    hash ${name},
    kind ${name},
    bytes bytea not null,
    created_at timestamptz not null,
    primary key (tenant, router, hash)
  )`,
  `create table decisions (
    ${router},
    decided_at timestamptz not null,
    decision_id uuid not null,
    revision bigint not null,
    schema ${name},
    view json not null,
    epoch bigint not null,
    features bytea not null,
    objective json not null,
    constraints json not null,
    conditions json not null,
    policy text not null,
    candidates json not null,
    probabilities float8[] not null,
    excluded json not null,
    arm ${name},
    ${finite('propensity')},
    primary key (tenant, router, decided_at, decision_id)
  ) partition by range (decided_at)`,
  `create table feedback (
    ${router},
    decided_at timestamptz not null,
    decision_id uuid not null,
    metric ${name},
    ${finite('value')},
    target bigint,
    arm ${name},
    chosen ${name},
    ${finite('propensity')},
    schema ${name},
    epoch bigint not null,
    features bytea not null,
    source text not null,
    received_at timestamptz not null,
    stripe int not null,
    stripe_version bigint not null,
    primary key (tenant, router, decided_at, decision_id, metric)
  ) partition by range (decided_at)`,
  'create index on feedback (stripe, tenant, router, stripe_version)',
  `create table feedback_corrections (
    ${router},
    decided_at timestamptz not null,
    decision_id uuid not null,
    metric ${name},
    ${finite('value')},
    target bigint,
    arm ${name},
    chosen ${name},
    ${finite('propensity')},
    schema ${name},
    epoch bigint not null,
    features bytea not null,
    source text not null,
    received_at timestamptz not null,
    stripe int not null,
    stripe_version bigint not null,
    replaced_version bigint not null check (replaced_version > stripe_version),
    replaced_by text not null,
    replaced_at timestamptz not null,
    primary key (tenant, router, decided_at, decision_id, metric, replaced_version)
  ) partition by range (decided_at)`,
  'create index on feedback_corrections (stripe, tenant, router, replaced_version)',
  `create table statistics (
    ${router},
    schema ${name},
    arm ${name},
    metric ${name},
    epoch bigint not null,
    stripe int not null,
    bytes bytea not null,
    primary key (tenant, router, stripe, schema, arm, metric, epoch)
  ) with (
    fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
    toast.autovacuum_vacuum_scale_factor = 0, toast.autovacuum_vacuum_threshold = 10000
  )`,
  'alter table statistics alter column bytes set storage external',
  `create table stripes (
    ${router},
    stripe int not null,
    version bigint not null,
    folded bigint not null default 0 check (folded between 0 and version),
    owner text not null,
    changed_at timestamptz not null,
    primary key (tenant, router, stripe)
  ) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000)`,
  `create table budget_spend (
    ${router},
    budget ${name},
    stripe int not null,
    ${finite('requests')},
    ${finite('spent')},
    state json not null,
    changed_at timestamptz not null,
    primary key (tenant, router, budget, stripe)
  ) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000)`,
  `create table replicas (
    stripe int primary key check (stripe >= 1),
    owner text not null,
    heartbeat timestamptz not null
  )`,
  `create table signing_keys (
    id text collate "C" primary key,
    secret bytea not null check (length(secret) = 32),
    created_at timestamptz not null,
    retired_at timestamptz
  )`,
  `create table log_floor (
    single boolean primary key default true check (single),
    dropped_before timestamptz not null
  )`,
  `insert into log_floor (dropped_before) values ('1970-01-01T00:00:00Z')`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of tables) await sql.raw(statement).execute(db);
}
