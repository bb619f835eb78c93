import { sql, type Transaction } from 'kysely';

import type { ProfileRow } from '../routing/profile.js';
import { Problem } from '../routing/problem.js';
import type { RouterSpec } from '../routing/spec.js';
import { readRouter, unknownRouter } from './read-router.js';
import type { Change, RouterRecord } from './router-record.js';
import type { RouterKey, Store } from './store.js';
import { storedJson } from './stored-json.js';
import type { Tables } from './tables.js';

export interface NewRevision {
  /** The revision that the change was made from. */
  readonly expected: number;
  readonly spec: RouterSpec;
  readonly profiles: readonly ProfileRow[];
  readonly changes: readonly Change[];
}

/**
 * Declares a router anew. Earlier revisions stay, so that past decisions can be explained by what held then.
 * @throws Problem 'revision-conflict' when somebody else changed the router meanwhile | 'unknown-router'
 */
export async function appendRevision(
  store: Store,
  key: RouterKey,
  change: NewRevision,
  now: Date,
): Promise<RouterRecord> {
  await store.db
    .transaction()
    .execute((transaction) => writeRevision(transaction, key, change, now))
    .catch(async (error: unknown) => {
      throw error instanceof Superseded ? await conflict(store, key, change.expected) : error;
    });
  return readRouter(store, key, change.expected + 1);
}

/**
 * The same within the caller's transaction, which holds the router's row from then on.
 * @throws Superseded when somebody else changed the router meanwhile
 */
export async function writeRevision(
  transaction: Transaction<Tables>,
  { tenant, router }: RouterKey,
  change: NewRevision,
  now: Date,
): Promise<void> {
  const revision = change.expected + 1;
  const { rows } = await sql`
    update routers set revision = ${revision}, changed_at = ${now}
    where tenant = ${tenant} and router = ${router} and revision = ${change.expected}
    returning revision`.execute(transaction);
  if (rows.length === 0) throw new Superseded();
  await transaction
    .insertInto('router_revisions')
    .values({
      tenant,
      router,
      revision,
      spec: storedJson(change.spec),
      profiles: storedJson(change.profiles),
      changes: storedJson(change.changes),
      created_at: now,
    })
    .execute();
}

/** The revision that a change was made from is no longer the present one. */
export class Superseded extends Error {}

async function conflict(store: Store, key: RouterKey, expected: number): Promise<Problem> {
  const present = await readRouter(store, key).catch((error: unknown) => {
    if (error instanceof Problem && error.code === 'unknown-router') throw unknownRouter(key.router);
    throw error;
  });
  return new Problem(
    'revision-conflict',
    `the change was made from revision ${expected} of router "${key.router}", which is at ${present.revision} by now; ` +
      `read it again and repeat the change`,
  );
}
