import { sql } from 'kysely';

import type { KnownStatistics } from './load-statistics.js';
import { outcomeAges } from './outcome-ages.js';
import { logFloor } from './partitions.js';
import { importedStripe } from './read-fold.js';
import type { RouterKey, Store } from './store.js';
import { stripeChanges, type StripeChange } from './stripe-changes.js';

export interface StatisticsChanges extends KnownStatistics {
  /** To be added to the sums and then taken out of them: all of it, in this order, or nothing. */
  readonly changes: readonly StripeChange[];
  /** By stripe: how long ago its new outcomes had come in, in seconds (`outcome-ages.ts`). */
  readonly ages: Readonly<Record<string, readonly number[]>>;
}

/** Beyond this many versions of a stripe, reading its sums is cheaper than following its log. */
const farBehind = 2_000;

/**
 * What happened to a router's statistics since they were read, on every stripe; a few rows a poll, where reading the
 * sums again would be hundreds of kilobytes.
 * @returns undefined when only loading everything anew will do: statistics were imported, parts of the log that were not
 *   read yet have been dropped, the database was put back to an earlier state, or there is too much
 */
export async function catchUp(
  store: Store,
  { tenant, router }: RouterKey,
  known: KnownStatistics,
): Promise<StatisticsChanges | undefined> {
  const floor = await logFloor(store.db);
  const stripes = await store.db
    .selectFrom('stripes')
    .select(['stripe', 'version', 'folded'])
    .select(sql<number>`extract(epoch from clock_timestamp() - changed_at)::float8`.as('age'))
    .where('tenant', '=', tenant)
    .where('router', '=', router)
    .execute();
  const versions: Record<string, number> = { ...known.versions };
  const changes: StripeChange[] = [];
  const ages: Record<string, readonly number[]> = {};
  for (const { stripe, version, folded, age } of stripes) {
    const from = known.versions[stripe] ?? 0;
    if (version === from) continue;
    const dropped = floor > known.logFloor && from < folded;
    if (stripe === importedStripe || version < from || dropped || version - from > farBehind) return undefined;
    const news: StripeChange[] = [];
    for await (const page of stripeChanges(store, { tenant, router, stripe, from, to: version })) news.push(...page);
    changes.push(...news);
    ages[stripe] = outcomeAges(news, age);
    versions[stripe] = version;
  }
  // Of a day that was dropped while this read, rows may be in no page.
  if (Object.keys(ages).length > 0 && (await logFloor(store.db)) > floor) return undefined;
  return { versions, logFloor: floor, changes: changes.sort((a, b) => b.sign - a.sign), ages };
}
