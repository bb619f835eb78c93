import { dayMs, daysOf, logFloor, makeDays, startOfDay, type DayTable } from './partitions.js';
import { sqlState } from './store-error.js';
import type { Store } from './store.js';

export type Place = 'placed' | 'late' | 'early';

/** How far ahead of the present time a decision may lie: clocks differ. */
const aheadMs = dayMs;

/** Whether an insert failed because the log has no partition for a row's day. */
export const isUnplaced = (error: unknown): boolean =>
  sqlState(error) === '23514' && /no partition of relation/.test((error as Error).message);

/** Makes the days that are missing, where they may be, and says of each time whether a row of it can be stored. */
export async function placeRows(
  store: Store,
  table: DayTable,
  times: readonly Date[],
  now: Date,
): Promise<readonly Place[]> {
  const latest = startOfDay(new Date(now.getTime() + aheadMs));
  const days = [...new Set(times.map((time) => Number(startOfDay(time))))].map((ms) => new Date(ms));
  await makeDays(
    store.db,
    days.filter((day) => day <= latest),
  );
  const present = new Set((await daysOf(store.db, table)).map(Number));
  const floor = await logFloor(store.db);
  return times.map((time) => {
    if (present.has(Number(startOfDay(time)))) return 'placed';
    return time < floor ? 'late' : 'early';
  });
}
