import type { KnownStatistics } from './load-statistics.js';
import { logFloor } from './partitions.js';
import { importedStripe } from './read-fold.js';
import type { RouterKey, Store } from './store.js';
import { stripeChanges, type StripeChange } from './stripe-changes.js';

export interface StatisticsChanges extends KnownStatistics {
  /** To be added to the sums and then taken out of them: all of it, in this order, or nothing. */
  readonly changes: readonly StripeChange[];
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
    .where('tenant', '=', tenant)
    .where('router', '=', router)
    .execute();
  const versions: Record<string, number> = { ...known.versions };
  const changes: StripeChange[] = [];
  for (const { stripe, version, folded } of stripes) {
    const from = known.versions[stripe] ?? 0;
    if (version === from) continue;
    const dropped = floor > known.logFloor && from < folded;
    if (stripe === importedStripe || version < from || dropped || version - from > farBehind) return undefined;
    for await (const page of stripeChanges(store, { tenant, router, stripe, from, to: version })) changes.push(...page);
    versions[stripe] = version;
  }
  return { versions, logFloor: floor, changes: changes.sort((a, b) => b.sign - a.sign) };
}
