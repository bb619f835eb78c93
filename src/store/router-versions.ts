import { sql } from 'kysely';

import type { StripesFound } from './gaps.js';
import type { RouterKey, Store } from './store.js';

/** What there is to know of a router at a glance: whatever another replica changed shows here. */
export interface RouterVersions extends RouterKey, StripesFound {
  readonly revision: number;
  readonly bucket: number;
}

/** Routers are looked at in so many buckets, by a hash of the name. */
const buckets = 64;
const bucketOf = sql`(hashtext(r.router) & ${sql.lit(buckets - 1)})`;

/**
 * A digest of each bucket of routers: the one query that a replica polls. Revisions and versions only rise, so a bucket in
 * which anything changed has another digest, and one in which nothing did need not be read.
 *
 * It reads three small tables and no log; reading the log by a cursor instead loses rows, because ids don't commit in their
 * order, and NOTIFY for each row slows the writers.
 */
export async function routerDigests(store: Store): Promise<ReadonlyMap<number, string>> {
  const { rows } = await sql<{ bucket: number; digest: string }>`
    select ${bucketOf} as bucket,
      concat_ws(' ', count(*), count(s.stripe), sum(r.revision), sum(s.version), (select dropped_before from log_floor))
        as digest
    from routers r left join stripes s on s.tenant = r.tenant and s.router = r.router
    group by bucket`.execute(store.db);
  return new Map(rows.map(({ bucket, digest }) => [bucket, digest]));
}

/**
 * The versions of every router of some buckets, all of one moment, the beginning of the log too, so that nobody has to ask
 * again router by router.
 */
export async function routerVersions(store: Store, wanted: readonly number[]): Promise<RouterVersions[]> {
  const { rows } = await sql<RouterVersions>`
    select r.tenant, r.router, r.revision, ${bucketOf} as bucket,
      (select dropped_before from log_floor) as "logFloor",
      coalesce(
        json_agg(json_build_object('stripe', s.stripe, 'version', s.version, 'folded', s.folded,
          'age', extract(epoch from clock_timestamp() - s.changed_at)) order by s.stripe)
          filter (where s.stripe is not null), '[]') as stripes
    from routers r left join stripes s on s.tenant = r.tenant and s.router = r.router
    where ${bucketOf} = any(${[...wanted]}::int[])
    group by r.tenant, r.router
    order by r.tenant, r.router`.execute(store.db);
  return rows;
}
