/**
 * Sums and the log after them are read by several statements. Between two of them somebody may fold the log further and
 * drop a day of it: the rows of that day would then be in neither. Reads that must not miss any are done again when the
 * log begins later at their end than at their start.
 */
import { logFloor } from './partitions.js';
import type { Store } from './store.js';

/** @param read told where the log begins @throws whatever `read` throws, which may be because rows were dropped */
export async function readSteadyLog<T>(store: Store, read: (floor: Date) => Promise<T>): Promise<T> {
  for (let floor = await logFloor(store.db); ;) {
    const found = await read(floor);
    const now = await logFloor(store.db);
    if (now.getTime() === floor.getTime()) return found;
    floor = now;
  }
}
