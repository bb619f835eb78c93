import { setImmediate } from 'node:timers/promises';

import { sql } from 'kysely';

import type { Store } from './store.js';
import { changeOf, type ChangeRow, type StripeChange } from './stripe-changes.js';
import { changesOfRow, type VersionRange } from './version-pages.js';

/** Rows between two turns of the event loop: taking one apart takes 5 to 10 µs. */
const slice = 500;

/**
 * What `stripeChanges` tells of one stripe, of many at once and in a single statement: a poll of three hundred routers
 * that all learned something is a handful of statements rather than some for each.
 *
 * The ranges are joined with the stripes, and the log with those, router by router. The log is looked into for each range
 * on its own (lateral), so that however little is known of a day that has just begun, its index is used.
 * @param ranges forwards, all of one tenant
 * @returns for each range its changes, additions first
 */
export async function changesOfMany(
  store: Store,
  tenant: string,
  ranges: readonly VersionRange[],
): Promise<StripeChange[][]> {
  const { rows } = await sql<ChangeRow & { readonly place: number }>`
    select range.place, changes.*
    from unnest(
        ${ranges.map(({ router }) => router)}::text[], ${ranges.map(({ stripe }) => stripe)}::int[],
        ${ranges.map(({ from }) => from)}::bigint[], ${ranges.map(({ to }) => to)}::bigint[]
      ) with ordinality as range (router, stripe, from_version, to_version, place)
      join stripes on stripes.tenant = ${tenant} and stripes.router = range.router and stripes.stripe = range.stripe
      cross join lateral ${changesOfRow()} as changes
    order by range.place, changes.sign desc`.execute(store.db);
  const found = ranges.map((): StripeChange[] => []);
  for (const [i, { place, ...row }] of rows.entries()) {
    if (i % slice === slice - 1) await setImmediate();
    found[place - 1].push(changeOf(ranges[place - 1], row));
  }
  return found;
}
