import { sql } from 'kysely';

import { changesOfMany } from './changes-of-many.js';
import { gapsOf, type Gap, type StripesFound } from './gaps.js';
import type { KnownStatistics } from './load-statistics.js';
import { freshTimes } from './outcome-ages.js';
import { logFloor } from './partitions.js';
import type { RouterKey, Store } from './store.js';
import type { StripeChange } from './stripe-changes.js';

export interface StatisticsChanges extends KnownStatistics {
  /** To be added to the sums and then taken out of them: all of it, in this order, or nothing. */
  readonly changes: readonly StripeChange[];
  /** By stripe: when its new outcomes had come in, and how long ago it changed last (`outcome-ages.ts`). */
  readonly fresh: Readonly<Record<string, { readonly times: readonly number[]; readonly age: number }>>;
  /** Versions of the stripes as they were found; beyond `versions` where not all was asked for. */
  readonly found: Readonly<Record<string, number>>;
}

/**
 * What happened to a router's statistics since they were read, on every stripe; a few rows a poll, where reading the
 * sums again would be hundreds of kilobytes.
 * @param mostVersions of a stripe that are wanted at a time; whatever versions that leads to, they are whole
 * @returns undefined when only loading everything anew will do (`gaps.ts`)
 */
export async function catchUp(
  store: Store,
  { tenant, router }: RouterKey,
  known: KnownStatistics,
  mostVersions = Infinity,
): Promise<StatisticsChanges | undefined> {
  const stripes = await findStripes(store, { tenant, router });
  const gaps = gapsOf({ tenant, router }, known, stripes);
  if (!gaps) return undefined;
  const ranges = gaps.map((gap) => ({ ...gap, to: Math.min(gap.to, gap.from + mostVersions) }));
  const news = ranges.length > 0 ? await changesOfMany(store, tenant, ranges) : [];
  // What was dropped while this was read is missing from it.
  if (news.length > 0 && (await logFloor(store.db)) > stripes.logFloor) return undefined;
  const isWhole = ranges.every(({ to }, i) => to === gaps[i].to);
  return {
    versions: { ...known.versions, ...versionsAt(ranges) },
    logFloor: isWhole ? stripes.logFloor : known.logFloor,
    changes: news.flat().sort((a, b) => b.sign - a.sign),
    fresh: Object.fromEntries(ranges.map(({ stripe, age }, i) => [stripe, { times: freshTimes(news[i]), age }])),
    found: { ...known.versions, ...versionsAt(gaps) },
  };
}

const versionsAt = (gaps: readonly Gap[]): Record<string, number> =>
  Object.fromEntries(gaps.map(({ stripe, to }) => [stripe, to]));

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
