import { sql } from 'kysely';

import { gapsOf, type StripesFound } from './gaps.js';
import type { KnownStatistics } from './load-statistics.js';
import { outcomeAges } from './outcome-ages.js';
import { logFloor } from './partitions.js';
import type { RouterKey, Store } from './store.js';
import { stripeChanges, type StripeChange } from './stripe-changes.js';

export interface StatisticsChanges extends KnownStatistics {
  /** To be added to the sums and then taken out of them: all of it, in this order, or nothing. */
  readonly changes: readonly StripeChange[];
  /** By stripe: how long ago its new outcomes had come in, in seconds (`outcome-ages.ts`). */
  readonly ages: Readonly<Record<string, readonly number[]>>;
}

/**
 * What happened to a router's statistics since they were read, on every stripe; a few rows a poll, where reading the
 * sums again would be hundreds of kilobytes.
 * @returns undefined when only loading everything anew will do (`gaps.ts`)
 */
export async function catchUp(
  store: Store,
  { tenant, router }: RouterKey,
  known: KnownStatistics,
): Promise<StatisticsChanges | undefined> {
  const found = await findStripes(store, { tenant, router });
  const gaps = gapsOf({ tenant, router }, known, found);
  if (!gaps) return undefined;
  const versions: Record<string, number> = { ...known.versions };
  const changes: StripeChange[] = [];
  const ages: Record<string, readonly number[]> = {};
  for (const { age, ...range } of gaps) {
    const news: StripeChange[] = [];
    for await (const page of stripeChanges(store, range)) news.push(...page);
    changes.push(...news);
    ages[range.stripe] = outcomeAges(news, age);
    versions[range.stripe] = range.to;
  }
  // What was dropped while this was read is missing from it.
  if ((await logFloor(store.db)) > found.logFloor) return undefined;
  return { versions, logFloor: found.logFloor, changes: changes.sort((a, b) => b.sign - a.sign), ages };
}

/** The beginning of the log is asked for first: what was dropped until then had been folded, and shows in the stripes. */
async function findStripes(store: Store, { tenant, router }: RouterKey): Promise<StripesFound> {
  const floor = await logFloor(store.db);
  const stripes = await store.db
    .selectFrom('stripes')
    .select(['stripe', 'version', 'folded'])
    .select(sql<number>`extract(epoch from clock_timestamp() - changed_at)::float8`.as('age'))
    .where('tenant', '=', tenant)
    .where('router', '=', router)
    .execute();
  return { stripes, logFloor: floor };
}
