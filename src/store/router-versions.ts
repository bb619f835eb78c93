import { sql } from 'kysely';

import type { RouterKey, Store } from './store.js';

/** What there is to know of a router at a glance: whatever another replica changed shows here. */
export interface RouterVersions extends RouterKey {
  readonly revision: number;
  /** Version of each stripe, by its number. */
  readonly versions: Readonly<Record<string, number>>;
}

/**
 * The versions of every router: the one query that a replica polls. It reads two small tables and no log; reading the
 * log by a cursor instead loses rows, because ids don't commit in their order, and NOTIFY for each row slows the writers.
 */
export async function routerVersions(store: Store): Promise<RouterVersions[]> {
  const { rows } = await sql<RouterVersions>`
    select r.tenant, r.router, r.revision,
      coalesce(json_object_agg(s.stripe, s.version order by s.stripe) filter (where s.stripe is not null), '{}')
        as versions
    from routers r left join stripes s on s.tenant = r.tenant and s.router = r.router
    group by r.tenant, r.router
    order by r.tenant, r.router`.execute(store.db);
  return rows;
}
