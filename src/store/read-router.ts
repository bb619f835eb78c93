import { Problem } from '../routing/problem.js';
import type { RouterRecord } from './router-record.js';
import type { RouterKey, Store } from './store.js';

/**
 * A router at its present revision, or as it was declared at an earlier one.
 * @throws Problem 'unknown-router', also for a revision that it never had
 */
export async function readRouter(store: Store, key: RouterKey, revision?: number): Promise<RouterRecord> {
  const row = await routerQuery(store)
    .where('routers.tenant', '=', key.tenant)
    .where('routers.router', '=', key.router)
    .$if(revision !== undefined, (query) => query.where('r.revision', '=', revision!))
    .$if(revision === undefined, (query) => query.whereRef('r.revision', '=', 'routers.revision'))
    .executeTakeFirst();
  if (!row) throw unknownRouter(key.router, revision);
  return recordOf(row);
}

/** Every router at its present revision, of one tenant or of all. */
export async function listRouters(store: Store, tenant?: string): Promise<RouterRecord[]> {
  const rows = await routerQuery(store)
    .whereRef('r.revision', '=', 'routers.revision')
    .$if(tenant !== undefined, (query) => query.where('routers.tenant', '=', tenant!))
    .orderBy('routers.tenant')
    .orderBy('routers.router')
    .execute();
  return rows.map(recordOf);
}

export function unknownRouter(router: string, revision?: number): Problem {
  const which = revision === undefined ? `"${router}"` : `"${router}" at revision ${revision}`;
  return new Problem(
    'unknown-router',
    `expected the name of a router, got ${which}; see /v1/routers for those there are`,
  );
}

function routerQuery(store: Store) {
  return store.db
    .selectFrom('routers')
    .innerJoin('router_revisions as r', (join) =>
      join.onRef('r.tenant', '=', 'routers.tenant').onRef('r.router', '=', 'routers.router'),
    )
    .select(['routers.tenant', 'routers.router', 'routers.secret', 'routers.created_at'])
    .select(['r.revision', 'r.spec', 'r.profiles', 'r.changes', 'r.created_at as changed_at']);
}

type Row = Awaited<ReturnType<ReturnType<typeof routerQuery>['execute']>>[number];

function recordOf({ created_at: createdAt, changed_at: changedAt, ...row }: Row): RouterRecord {
  return { ...row, createdAt, changedAt };
}
