import type { Horizon } from '../routing/horizon.js';
import type { Cell } from '../routing/statistics-table.js';
import { CellSums } from './cell-sums.js';
import { moveSums } from './move-sums.js';
import { rangeOf, readFolds } from './read-fold.js';
import { readSteadyLog } from './steady-log.js';
import type { RouterKey, Store } from './store.js';

/** What a replica knows of a router's statistics: enough to ask for the rest. */
export interface KnownStatistics {
  /** Version of each stripe, by its number. */
  readonly versions: Readonly<Record<string, number>>;
  /** Where the log began when they were read. */
  readonly logFloor: Date;
}

export interface LoadedStatistics extends KnownStatistics {
  /** The sums of all stripes, merged, in a canonical order; cells without rows are left out. */
  readonly cells: readonly Cell[];
}

/**
 * The present statistics of a router: the stored fold of every stripe and the log after it.
 * @param horizon what is to be left out, and not read
 */
export function loadStatistics(store: Store, key: RouterKey, horizon?: Horizon): Promise<LoadedStatistics> {
  return readSteadyLog(store, (floor) => loadOnce(store, key, floor, horizon));
}

async function loadOnce(store: Store, key: RouterKey, floor: Date, horizon?: Horizon): Promise<LoadedStatistics> {
  const total = new CellSums();
  const versions: Record<string, number> = {};
  for (const fold of await readFolds(store, key, horizon)) {
    await moveSums(store, fold.sums, { ...rangeOf(key, fold), to: fold.version });
    for (const cell of fold.sums.filled()) total.merge(cell);
    versions[fold.stripe] = fold.version;
  }
  return { versions, logFloor: floor, cells: total.filled() };
}
