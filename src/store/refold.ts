import type { Cell } from '../routing/statistics-table.js';
import { CellSums } from './cell-sums.js';
import { moveSums } from './move-sums.js';
import { importedStripe, readFolds } from './read-fold.js';
import { readSteadyLog } from './steady-log.js';
import type { RouterKey, Store } from './store.js';

export interface RefoldedStatistics {
  readonly versions: Readonly<Record<string, number>>;
  readonly cells: readonly Cell[];
  /** Whether the log is all there; otherwise days of it have been dropped and these sums lack their rows. */
  readonly complete: boolean;
}

/**
 * The statistics as the log alone tells them (and what was imported): to be the same bytes as `loadStatistics`, or
 * something is wrong.
 * @param upTo version of each stripe; the present ones without it
 */
export function refold(
  store: Store,
  key: RouterKey,
  upTo?: Readonly<Record<string, number>>,
): Promise<RefoldedStatistics> {
  return readSteadyLog(store, (floor) => refoldOnce(store, key, floor, upTo));
}

async function refoldOnce(
  store: Store,
  key: RouterKey,
  floor: Date,
  upTo?: Readonly<Record<string, number>>,
): Promise<RefoldedStatistics> {
  const total = new CellSums();
  const versions: Record<string, number> = {};
  for (const { stripe, version, sums: stored } of await readFolds(store, key)) {
    const to = upTo ? (upTo[stripe] ?? 0) : version;
    const sums = stripe === importedStripe ? stored : new CellSums();
    const range = { tenant: key.tenant, router: key.router, stripe, from: 0, to };
    if (stripe !== importedStripe) await moveSums(store, sums, range);
    for (const cell of sums.filled()) total.merge(cell);
    versions[stripe] = to;
  }
  return { versions, cells: total.filled(), complete: floor.getTime() === 0 };
}
