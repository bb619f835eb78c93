/**
 * One router alive in this process: its newest revision, the sums of all replicas as far as they are known here, and the
 * view that decisions are made from. Everything is synchronous; whoever talks to a database does so around it.
 */
import { Conditions, type SavedBudgets } from '../routing/conditions.js';
import { decide, type Decision } from '../routing/decide.js';
import { presentEpoch } from '../routing/epoch.js';
import type { Embeddings } from '../routing/features/encoder.js';
import { assertBelievable, firstView } from '../routing/first-view.js';
import { earliestWithout, horizonOf, isBeyond, SPARE_EPOCHS, type Horizon } from '../routing/horizon.js';
import { fold } from '../routing/learn.js';
import type { CellKey, OutcomeRow } from '../routing/outcome.js';
import type { RouteRequest } from '../routing/request.js';
import { buildRouter, type Router, type RouterParts } from '../routing/router.js';
import { StatisticsTable, type Cell } from '../routing/statistics-table.js';
import { ViewMaker, type View } from '../routing/view.js';

/** A view is formed anew at most this share of the time, so that learning never starves deciding. */
const formingShare = 0.25;

export interface LiveRouterOptions {
  readonly parts: RouterParts;
  /** Sums learned so far, and the version of each stripe that they hold. */
  readonly cells?: readonly Cell[];
  readonly versions?: Readonly<Record<string, number>>;
  /** What the sums lack. */
  readonly horizon?: Horizon | undefined;
  /**
   * Asks for everything to be read again (`reload`), after the clock was put back so far that views need what memory has
   * let go; until then they are formed in the earliest epoch that needs none of it. Without this nothing is let go.
   */
  readonly recall?: () => void;
  readonly budgets?: SavedBudgets;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Told how long it took to form a view, in seconds. */
  readonly onFormed?: (seconds: number) => void;
  /** Told why a view could not be formed from what was learned; the next rows try again. */
  readonly onUnformed?: (error: unknown) => void;
}

/** Rows to add to the sums and to take out of them, and the versions that they lead to. */
export interface Learned {
  readonly added: readonly OutcomeRow[];
  readonly corrected: readonly OutcomeRow[];
  readonly versions?: Readonly<Record<string, number>>;
}

export class LiveRouter {
  private current: Router;
  private maker: ViewMaker;
  private newest: View;
  private stale = false;
  private formedAt = 0;
  private formingMs = 0;
  private lastTook = 0;
  /** What memory has let go, by schema, and the earliest epoch in which a view needs none of it. */
  private readonly horizons = new Map<string, Horizon>();
  private earliest = -Infinity;
  private timer: NodeJS.Timeout | undefined;
  private table: StatisticsTable;
  private known: Readonly<Record<string, number>>;
  readonly conditions: Conditions;

  constructor(private readonly options: LiveRouterOptions) {
    this.current = buildRouter(options.parts);
    this.maker = new ViewMaker(this.current);
    this.conditions = new Conditions(this.current, options.clock(), options.budgets);
    this.table = tableOf(options.cells ?? []);
    this.known = options.versions ?? {};
    if (options.horizon) this.horizons.set(options.horizon.schema, options.horizon);
    this.newest = this.form();
  }

  get router(): Router {
    return this.current;
  }

  get view(): View {
    return this.newest;
  }

  /** Version of each stripe that the sums hold. */
  get versions(): Readonly<Record<string, number>> {
    return this.known;
  }

  get statistics(): readonly Cell[] {
    return this.table.cells();
  }

  /** Takes over a new revision; what was learned under the same features stays. @throws Problem, leaving all as it was */
  replace(parts: RouterParts): void {
    const router = buildRouter(parts);
    // The old maker is let go last: until its successor has formed a view, decisions are made from it.
    const maker = firstView(router, this.table, this.options.clock());
    this.maker.release();
    this.current = router;
    this.maker = maker;
    this.conditions.follow(router, this.options.clock());
    this.newest = this.form();
  }

  /** That `replace` would succeed with what is known by now. @throws Problem 'invalid-router' */
  assertReplaceable(parts: RouterParts): void {
    assertBelievable(buildRouter(parts), this.table, this.options.clock());
  }

  /** Takes over sums that were read anew. */
  reload(cells: readonly Cell[], versions: Readonly<Record<string, number>>, horizon?: Horizon): void {
    this.horizons.clear();
    if (horizon) this.horizons.set(horizon.schema, horizon);
    this.known = versions;
    this.startFrom(cells);
    this.newest = this.form();
  }

  /** @throws Problem as `decide` */
  decide(request: RouteRequest, id: string, embeddings?: Embeddings): Decision {
    const now = this.options.clock();
    if (this.present(now) !== this.newest.epoch) this.newest = this.form();
    const decision = decide(this.newest, this.conditions.at(now), request, id, embeddings);
    if (request.dry_run !== true) this.conditions.decided(decision, now);
    return decision;
  }

  /** Learns from outcomes that were taken in by this process: sums, budgets and breakers. */
  learn({ added, corrected, versions }: Learned): void {
    const { spec } = this.current;
    for (const row of added) if (this.isKept(row)) fold(this.table, spec, row, 1);
    for (const row of corrected) if (this.isKept(row)) fold(this.table, spec, row, -1);
    this.conditions.learned(added, this.options.clock());
    this.changed(versions);
  }

  /** Follows changes that another process made to the sums. @param changes what is added before what is taken out of it */
  follow(
    changes: Iterable<{ readonly row: OutcomeRow; readonly target: number | null; readonly sign: 1 | -1 }>,
    versions: Readonly<Record<string, number>>,
  ): void {
    for (const { row, target, sign } of changes) {
      if (target !== null && this.isKept(row)) this.table.apply(row, row.features, target, sign);
    }
    this.changed(versions);
  }

  close(): void {
    clearTimeout(this.timer);
    this.maker.release();
  }

  /** A new view follows at once, or as soon as the share of time for it allows. */
  private changed(versions: Readonly<Record<string, number>> = this.known): void {
    this.known = versions;
    this.stale = true;
    const wait = this.formedAt + this.formingMs / formingShare - performance.now();
    if (wait <= 0) {
      this.formIfPossible();
    } else {
      this.timer ??= setTimeout(() => {
        this.timer = undefined;
        if (this.stale) this.formIfPossible();
      }, wait).unref();
    }
  }

  /** The rows are stored by now, and nobody waits for the view: a failure is told, and the view before it goes on. */
  private formIfPossible(): void {
    try {
      this.newest = this.form();
    } catch (error) {
      this.options.onUnformed?.(error);
    }
  }

  /** The epoch to decide in. */
  private present(now: number): number {
    const epoch = presentEpoch(this.current, now);
    if (epoch >= this.earliest) return epoch;
    this.options.recall?.();
    return this.earliest;
  }

  /**
   * Lets go of what counts no more, so that memory is bounded however long the process runs; now and then, because the
   * table is made anew. It goes whole epochs at a time, and rows that are still to come for them are let be: part of a
   * sum would be no sum.
   */
  private forget(now: number): void {
    const { current, options } = this;
    const present = presentEpoch(current, now);
    const due = options.recall && horizonOf(current, present);
    const before = this.horizons.get(current.schema)?.before ?? -Infinity;
    if (due && due.before >= before + SPARE_EPOCHS) {
      this.horizons.set(due.schema, due);
      this.startFrom(this.table.cells().filter(({ key }) => this.isKept(key)));
    }
    // The declaration may have become another since the last time.
    const horizon = this.horizons.get(current.schema);
    this.earliest = horizon ? earliestWithout(horizon, current, present) : -Infinity;
  }

  private isKept(key: CellKey): boolean {
    return !isBeyond(this.horizons.get(key.schema), key);
  }

  private startFrom(cells: readonly Cell[]): void {
    this.table = tableOf(cells);
    this.maker.release();
    this.maker = new ViewMaker(this.current);
  }

  private form(): View {
    const start = performance.now();
    const now = this.options.clock();
    this.forget(now);
    const view = this.maker.form(this.table, this.present(now), this.known);
    this.formedAt = performance.now();
    const took = this.formedAt - start;
    // The lesser of two, for the first runs of cold code say nothing of those to come.
    this.formingMs = Math.min(took, this.lastTook);
    this.lastTook = took;
    this.stale = false;
    this.options.onFormed?.(took / 1000);
    return view;
  }
}

function tableOf(cells: readonly Cell[]): StatisticsTable {
  const table = new StatisticsTable();
  for (const cell of cells) table.merge(cell);
  return table;
}
