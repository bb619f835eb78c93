import { randomBytes } from 'node:crypto';

import type { ProfileRow } from '../routing/profile.js';
import { Problem } from '../routing/problem.js';
import type { RouterSpec } from '../routing/spec.js';
import type { Change, RouterRecord } from './router-record.js';
import { readRouter } from './read-router.js';
import { sqlState, UnknownCommit } from './store-error.js';
import type { RouterKey, Store } from './store.js';
import { storedJson } from './stored-json.js';

export interface NewRouter {
  readonly tenant: string;
  readonly spec: RouterSpec;
  readonly profiles: readonly ProfileRow[];
  readonly changes?: readonly Change[];
}

const secretLength = 32;
const uniqueViolation = '23505';

/**
 * Stores a router at revision 1, with a new secret for its draws. A commit that is not known to have been made is made
 * again; a router of this secret that is there already was made by the first.
 * @throws Problem 'router-exists'
 */
export async function createRouter(store: Store, router: NewRouter, now: Date): Promise<RouterRecord> {
  const { tenant, spec, profiles, changes = [] } = router;
  const secret = randomBytes(secretLength);
  const key = { tenant, router: spec.id, revision: 1 };
  const make = () => insert(store, router, key, secret, now);
  try {
    await make().catch((error: unknown) => {
      if (error instanceof UnknownCommit) return make();
      throw error;
    });
  } catch (error) {
    if (sqlState(error) !== uniqueViolation) throw error;
    const known = await readRouter(store, key, 1);
    if (!known.secret.equals(secret)) throw exists(spec.id);
  }
  return { ...key, spec, profiles, changes, secret, createdAt: now, changedAt: now };
}

async function insert(
  store: Store,
  { spec, profiles, changes = [] }: NewRouter,
  key: RouterKey & { readonly revision: number },
  secret: Buffer,
  now: Date,
): Promise<void> {
  await store.db.transaction().execute(async (transaction) => {
    await transaction
      .insertInto('routers')
      .values({ ...key, secret, created_at: now, changed_at: now })
      .execute();
    await transaction
      .insertInto('router_revisions')
      .values({
        ...key,
        spec: storedJson(spec),
        profiles: storedJson(profiles),
        changes: storedJson(changes),
        created_at: now,
      })
      .execute();
  });
}

const exists = (id: string): Problem =>
  new Problem(
    'router-exists',
    `expected the name of a new router, got "${id}", which is there already; change that one`,
  );
