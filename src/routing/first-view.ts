/** The first view of a declaration, formed before anything of it is stored or put in the place of another. */
import { presentEpoch } from './epoch.js';
import { orInvalidRouter, type Router } from './router.js';
import type { StatisticsTable } from './statistics-table.js';
import { ViewMaker } from './view.js';

/**
 * A maker that has formed one view: only then is it known that the router can be believed in with what was learned.
 * @param now milliseconds since 1970
 * @returns to be released by the caller
 * @throws Problem 'invalid-router' when a belief cannot be formed; nothing is held then
 */
export function firstView(router: Router, table: StatisticsTable, now: number): ViewMaker {
  const maker = orInvalidRouter(() => new ViewMaker(router));
  try {
    orInvalidRouter(() => maker.form(table, presentEpoch(router, now), {}));
    return maker;
  } catch (error) {
    maker.release();
    throw error;
  }
}

/** That a view can be formed at all. @throws Problem 'invalid-router' */
export function assertBelievable(router: Router, table: StatisticsTable, now: number): void {
  firstView(router, table, now).release();
}
