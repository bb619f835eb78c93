import type { Horizon } from '../routing/horizon.js';
import type { Cell } from '../routing/statistics-table.js';
import { Problem } from '../routing/problem.js';
import { CellSums } from './cell-sums.js';
import { moveSums } from './move-sums.js';
import { importedStripe, rangeOf, readFolds, type StripeFold } from './read-fold.js';
import { readSteadyLog } from './steady-log.js';
import type { RouterKey, Store } from './store.js';

export interface PastView {
  /** Version of each stripe that the view was formed from. */
  readonly versions: Readonly<Record<string, number>>;
  /** When the decision was made. */
  readonly decidedAt: Date;
  /** How long after a decision the router takes outcomes. */
  readonly windowMs: number;
  /** What the view doesn't see, and is not to be read. */
  readonly horizon?: Horizon | undefined;
}

/**
 * The statistics that a past decision was made from, to the byte: the stored sums of each stripe, and the log from there
 * to the version of the view, forwards or back. Going back needs only the log since the decision, so that this holds
 * although older days have been dropped.
 * @throws Problem 'not-explainable' when the log since then is not all there
 */
export function statisticsAt(store: Store, key: RouterKey, view: PastView): Promise<readonly Cell[]> {
  return readSteadyLog(store, (floor) => findAt(store, key, view, floor));
}

async function findAt(store: Store, key: RouterKey, view: PastView, floor: Date): Promise<readonly Cell[]> {
  const folds = new Map((await readFolds(store, key, view.horizon)).map((fold) => [fold.stripe, fold]));
  // What came in after the decision belongs to decisions that are at most a window older than it.
  const needed = view.decidedAt.getTime() - view.windowMs;
  const reachable = floor.getTime() <= needed && !(await isRetractionLost(store, key, floor, view.decidedAt));
  const total = new CellSums();
  for (const [stripe, version] of Object.entries(view.versions)) {
    const fold = folds.get(Number(stripe));
    if (version === 0 && !fold) continue;
    assertReachable(Number(stripe), version, fold, reachable);
    await moveSums(store, fold.sums, { ...rangeOf(key, fold), to: version });
    for (const cell of fold.sums.filled()) total.merge(cell);
  }
  return total.filled();
}

/** Clocks of replicas may differ by this much from that of the database. */
const clockSkewMs = 3_600_000;

/** A retraction since then may have taken out outcomes of any age: whether some of what it wrote down is gone. */
async function isRetractionLost(
  store: Store,
  { tenant, router }: RouterKey,
  floor: Date,
  decidedAt: Date,
): Promise<boolean> {
  const row = await store.db
    .selectFrom('retractions')
    .select('retraction')
    .where('tenant', '=', tenant)
    .where('router', '=', router)
    .where('oldest', '<', floor)
    .where((or) =>
      or.or([or('finished_at', 'is', null), or('finished_at', '>', new Date(decidedAt.getTime() - clockSkewMs))]),
    )
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

function assertReachable(
  stripe: number,
  version: number,
  fold: StripeFold | undefined,
  reachable: boolean,
): asserts fold is StripeFold {
  if (!fold || version > fold.version) {
    throw lost(`it was made at version ${version} of stripe ${stripe}, which this database has not reached`);
  }
  if (stripe === importedStripe && version !== fold.version) {
    throw lost('statistics were imported since, in place of those it was made from');
  }
  if (version < fold.folded && !reachable) throw lost('outcomes from around that time have been dropped from the log');
}

const lost = (why: string): Problem =>
  new Problem('not-explainable', `expected a decision whose statistics can be found again; ${why}`);
