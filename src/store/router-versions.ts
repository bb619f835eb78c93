import { sql } from 'kysely';

import type { StripesFound } from './gaps.js';
import type { RouterKey, Store } from './store.js';

/** What there is to know of a router at a glance: whatever another replica changed shows here. */
export interface RouterVersions extends RouterKey, StripesFound {
  readonly revision: number;
}

/**
 * The versions of every router: the one query that a replica polls. It reads three small tables and no log; reading the
 * log by a cursor instead loses rows, because ids don't commit in their order, and NOTIFY for each row slows the writers.
 * All of it is of one moment, the beginning of the log too, so that nobody has to ask again router by router.
 */
export async function routerVersions(store: Store): Promise<RouterVersions[]> {
  const { rows } = await sql<RouterVersions>`
    select r.tenant, r.router, r.revision,
      (select dropped_before from log_floor) as "logFloor",
      coalesce(
        json_agg(json_build_object('stripe', s.stripe, 'version', s.version, 'folded', s.folded,
          'age', extract(epoch from clock_timestamp() - s.changed_at)) order by s.stripe)
          filter (where s.stripe is not null), '[]') as stripes
    from routers r left join stripes s on s.tenant = r.tenant and s.router = r.router
    group by r.tenant, r.router
    order by r.tenant, r.router`.execute(store.db);
  return rows;
}
