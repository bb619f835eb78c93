/** What a replica lacks of a router's statistics, told by the versions of its stripes alone. */
import type { KnownStatistics } from './load-statistics.js';
import { importedStripe } from './read-fold.js';
import type { RouterKey } from './store.js';
import type { VersionRange } from './version-pages.js';

/** The stripes of a router and the beginning of the log, as they were at one moment. */
export interface StripesFound {
  readonly stripes: readonly {
    readonly stripe: number;
    readonly version: number;
    /** The version that its stored sums hold. */
    readonly folded: number;
    /** Seconds since it changed. */
    readonly age: number;
  }[];
  readonly logFloor: Date;
}

/** Versions of a stripe that are to be followed. */
export interface Gap extends VersionRange {
  /** Seconds since the stripe came to the last of them. */
  readonly age: number;
}

/** Beyond this many versions of a stripe, reading its sums is cheaper than following its log. */
const farBehind = 2_000;

/**
 * @returns undefined when only loading everything anew will do: statistics were imported, parts of the log that were not
 *   read yet have been dropped, the database was put back to an earlier state, or there is too much
 */
export function gapsOf(
  { tenant, router }: RouterKey,
  known: KnownStatistics,
  { stripes, logFloor }: StripesFound,
): Gap[] | undefined {
  const gaps: Gap[] = [];
  for (const { stripe, version, folded, age } of stripes) {
    const from = known.versions[stripe] ?? 0;
    if (version === from) continue;
    const dropped = logFloor > known.logFloor && from < folded;
    if (stripe === importedStripe || version < from || dropped || version - from > farBehind) return undefined;
    gaps.push({ tenant, router, stripe, from, to: version, age });
  }
  return gaps;
}
