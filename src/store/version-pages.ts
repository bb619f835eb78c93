/**
 * How the log is read between two versions of a stripe. From 0 to the present this is the whole log; over the last few
 * versions it is what a replica has yet to learn; backwards it is how the sums behind a past decision are found. In no
 * order that matters: sums are exact.
 *
 * It is read in pages of versions, each a statement of its own, so that nothing is held open. A value counts from its
 * version until the one that replaced it; whichever of the two tables a page finds it in, both say the same.
 */
import { sql, type RawBuilder } from 'kysely';

import type { RouterKey } from './store.js';

export interface VersionRange extends RouterKey {
  readonly stripe: number;
  /** The version that is known. */
  readonly from: number;
  /** The version to arrive at, committed already; below `from` to go back. */
  readonly to: number;
}

/** Versions above `after`, up to and with `upTo`. */
export interface VersionPage {
  readonly after: number;
  readonly upTo: number;
}

export const firstVersions = 8;

/**
 * @param rowsWanted that one statement should bring; how many versions are asked for at a time follows from it
 * @param read says how many rows a page had, and gives what is made of them
 */
export async function* pagesOf<T>(
  { from, to }: VersionRange,
  rowsWanted: number,
  read: (page: VersionPage) => Promise<{ readonly size: number; readonly page: T }>,
): AsyncGenerator<T> {
  const high = Math.max(from, to);
  let versions = firstVersions;
  for (let after = Math.min(from, to); after < high;) {
    const upTo = Math.min(high, after + versions);
    const { size, page } = await read({ after, upTo });
    if (size > 0) yield page;
    versions = nextWidth(versions, size, rowsWanted);
    after = upTo;
  }
}

/** How many versions to ask for next, after so many brought that many rows. */
export function nextWidth(versions: number, rows: number, rowsWanted: number): number {
  if (rows < rowsWanted / 2) return versions * 2;
  return rows > rowsWanted * 2 ? Math.max(1, versions >> 1) : versions;
}

/**
 * A subquery of three kinds of values: those that came in on this page and still count, those that came in on it and
 * were replaced beyond the range, and those from before the range that were replaced on it. What came and went within
 * the range is left out, and so are the rows that a retraction left behind.
 *
 * A corrected row is copied whole, rather than joined with the one that replaced it: on a day whose partition has no
 * statistics of its own yet, the planner read all outcomes of the router for that join (300 ms instead of 1).
 */
export function changesOnPage(range: VersionRange, { after, upTo }: VersionPage): RawBuilder<unknown> {
  const { tenant, router, stripe, from, to } = range;
  return changesWhere({
    ofStripe: sql`tenant = ${tenant} and router = ${router} and stripe = ${stripe}`,
    came: from <= to ? 1 : -1,
    low: sql`${Math.min(from, to)}`,
    high: sql`${Math.max(from, to)}`,
    after: sql`${after}`,
    upTo: sql`${upTo}`,
  });
}

/** The same for a range that is a row of the statement: `range` with from and to, and `stripes` it is of. */
export const changesOfRow = (): RawBuilder<unknown> =>
  changesWhere({
    ofStripe: sql`tenant = stripes.tenant and router = stripes.router and stripe = stripes.stripe`,
    came: 1,
    low: sql`range.from_version`,
    high: sql`range.to_version`,
    after: sql`range.from_version`,
    upTo: sql`range.to_version`,
  });

interface Where {
  readonly ofStripe: RawBuilder<unknown>;
  /** The sign of what came in on the page. */
  readonly came: 1 | -1;
  /** The ends of the range. */
  readonly low: RawBuilder<unknown>;
  readonly high: RawBuilder<unknown>;
  /** Those of the page. */
  readonly after: RawBuilder<unknown>;
  readonly upTo: RawBuilder<unknown>;
}

function changesWhere({ ofStripe, came, low, high, after, upTo }: Where): RawBuilder<unknown> {
  const columns = sql`decision_id, metric, value, target, arm, chosen, propensity, schema, epoch, features, source,
    received_at`;
  return sql`(
    select ${sql.lit(came)} as sign, ${columns} from feedback
    where ${ofStripe} and stripe_version > ${after} and stripe_version <= ${upTo} and retraction = 0
    union all
    select ${sql.lit(came)}, ${columns} from feedback_corrections
    where ${ofStripe} and replaced_version > ${high}
      and stripe_version > ${after} and stripe_version <= ${upTo}
    union all
    select ${sql.lit(-came)}, ${columns} from feedback_corrections
    where ${ofStripe} and replaced_version > ${after} and replaced_version <= ${upTo}
      and stripe_version <= ${low}
  )`;
}
