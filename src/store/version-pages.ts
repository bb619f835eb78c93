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

const firstVersions = 8;

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
    if (size < rowsWanted / 2) versions *= 2;
    else if (size > rowsWanted * 2) versions = Math.max(1, versions >> 1);
    after = upTo;
  }
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
  const came = sql.lit(from <= to ? 1 : -1);
  const went = sql.lit(from <= to ? -1 : 1);
  const columns = sql`decision_id, metric, value, target, arm, chosen, propensity, schema, epoch, features, source,
    received_at`;
  const ofStripe = sql`tenant = ${tenant} and router = ${router} and stripe = ${stripe}`;
  return sql`(
    select ${came} as sign, ${columns} from feedback
    where ${ofStripe} and stripe_version > ${after} and stripe_version <= ${upTo} and retraction = 0
    union all
    select ${came}, ${columns} from feedback_corrections
    where ${ofStripe} and replaced_version > ${Math.max(from, to)}
      and stripe_version > ${after} and stripe_version <= ${upTo}
    union all
    select ${went}, ${columns} from feedback_corrections
    where ${ofStripe} and replaced_version > ${after} and replaced_version <= ${upTo}
      and stripe_version <= ${Math.min(from, to)}
  )`;
}
