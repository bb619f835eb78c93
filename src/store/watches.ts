/**
 * The watches of routers for changes: one row each, written by the one replica that runs the watch.
 *
 * Whoever writes names the owner and the version that it knows, as with stripes; a replica that was taken for dead and
 * lives finds its version gone and stops. There is no lease here: an owner is gone when its heartbeat in `replicas` is.
 */
import { sql, type Kysely } from 'kysely';

import type { RouterKey, Store } from './store.js';
import { storedJson } from './stored-json.js';
import type { Tables } from './tables.js';

export interface StoredWatch {
  readonly owner: string;
  /** Counts the writes. */
  readonly version: number;
  /** Version of each stripe up to which outcomes have been watched. */
  readonly position: Readonly<Record<string, number>>;
  /** Whatever the watch wants back. */
  readonly state: unknown;
}

/** Another process has taken the watch over. */
export class LostWatch extends Error {
  override readonly name = 'LostWatch';
  constructor({ router }: RouterKey) {
    super(`another replica watches router ${router} now`);
  }
}

export async function readWatch(store: Store, { tenant, router }: RouterKey): Promise<StoredWatch | undefined> {
  const { rows } = await sql<StoredWatch>`
    select owner, version, position, state from watches
    where tenant = ${tenant} and router = ${router}`.execute(store.db);
  return rows[0];
}

/** A watch, and whose it is. */
export interface WatchOwner extends RouterKey {
  readonly owner: string;
}

/** Who runs the watch of each router; the query that replicas poll, now and then, to find those without an owner. */
export async function watchOwners(store: Store): Promise<WatchOwner[]> {
  const { rows } = await sql<WatchOwner>`select tenant, router, owner from watches`.execute(store.db);
  return rows;
}

/**
 * Begins the watch of a router.
 * @param position where to begin
 * @returns undefined when somebody else was quicker
 */
export async function beginWatch(
  store: Store,
  { tenant, router }: RouterKey,
  owner: string,
  position: StoredWatch['position'],
  now: Date,
): Promise<StoredWatch | undefined> {
  const { rows } = await sql<StoredWatch>`
    insert into watches (tenant, router, owner, version, position, state, changed_at)
    values (${tenant}, ${router}, ${owner}, 1, ${storedJson(position)}::json, 'null', ${now})
    on conflict do nothing
    returning owner, version, position, state`.execute(store.db);
  return rows[0];
}

/**
 * Takes a watch over from an owner that is gone.
 * @param gone as it was read
 * @returns undefined when somebody else was quicker
 */
export async function takeOverWatch(
  store: Store,
  { tenant, router }: RouterKey,
  owner: string,
  gone: string,
  now: Date,
): Promise<StoredWatch | undefined> {
  const { rows } = await sql<StoredWatch>`
    update watches set owner = ${owner}, version = version + 1, changed_at = ${now}
    where tenant = ${tenant} and router = ${router} and owner = ${gone}
    returning owner, version, position, state`.execute(store.db);
  return rows[0];
}

/**
 * Keeps what a watch remembers, and how far it came.
 * @param watch with the version that the writer knows
 * @returns the next version
 * @throws LostWatch
 */
export async function saveWatch(
  db: Kysely<Tables>,
  key: RouterKey,
  watch: StoredWatch,
  now: Date,
): Promise<StoredWatch> {
  const { owner, version, position, state } = watch;
  const next = version + 1;
  const { rows } = await sql`
    update watches set version = ${next}, position = ${storedJson(position)}::json, state = ${storedJson(state)}::json,
      changed_at = ${now}
    where tenant = ${key.tenant} and router = ${key.router} and owner = ${owner} and version = ${version}
    returning version`.execute(db);
  if (rows.length === 0) throw new LostWatch(key);
  return { ...watch, version: next };
}
