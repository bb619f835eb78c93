/**
 * One router alive in this process: its newest revision, the sums of all replicas as far as they are known here, and the
 * view that decisions are made from. Everything is synchronous; whoever talks to the database does so around it.
 */
import type { Embeddings } from '../routing/features/encoder.js';
import { decide, type Decision } from '../routing/decide.js';
import { presentEpoch } from '../routing/epoch.js';
import { fold } from '../routing/learn.js';
import type { OutcomeRow } from '../routing/outcome.js';
import type { RouteRequest } from '../routing/request.js';
import { buildRouter, type Router, type RouterParts } from '../routing/router.js';
import { StatisticsTable } from '../routing/statistics-table.js';
import { ViewMaker, type StripeVersions, type View } from '../routing/view.js';
import { Conditions } from './conditions.js';

/** A view is formed anew at most this share of the time, so that learning never starves deciding. */
const formingShare = 0.1;

export class LiveRouter {
  private current: Router;
  private maker: ViewMaker;
  private newest: View;
  private stale = false;
  private formedAt = 0;
  private formingMs = 0;
  private retry: NodeJS.Timeout | undefined;
  /** Version of each stripe that is in the table. */
  readonly versions: Record<string, number> = {};
  readonly conditions: Conditions;

  /** @param clock milliseconds since 1970 */
  constructor(
    parts: RouterParts,
    readonly table: StatisticsTable,
    private readonly clock: () => number,
  ) {
    this.current = buildRouter(parts);
    this.maker = new ViewMaker(this.current);
    this.conditions = new Conditions(this.current, clock());
    this.newest = this.form();
  }

  get router(): Router {
    return this.current;
  }

  get view(): View {
    return this.newest;
  }

  /** Takes over a new revision; what was learned under the same feature schema stays. @throws Problem, leaving all as it was */
  replace(parts: RouterParts): void {
    const router = buildRouter(parts);
    this.maker.release();
    this.current = router;
    this.maker = new ViewMaker(router);
    this.conditions.follow(router, this.clock());
    this.newest = this.form();
  }

  /** @throws Problem as `decide` */
  decide(request: RouteRequest, id: string, embeddings?: Embeddings): Decision {
    const now = this.clock();
    if (presentEpoch(this.current, now) !== this.newest.epoch) this.newest = this.form();
    const decision = decide(this.newest, this.conditions.at(now), request, id, embeddings);
    if (request.dry_run !== true) this.conditions.decided(decision, now);
    return decision;
  }

  /** Adds rows that are now stored, and takes out what they correct. */
  learn(rows: readonly OutcomeRow[], corrected: readonly OutcomeRow[]): void {
    const { spec } = this.current;
    for (const row of corrected) fold(this.table, spec, row, -1);
    for (const row of rows) fold(this.table, spec, row, 1);
    this.conditions.learned(rows, this.clock());
    this.changed();
  }

  /** Says that the table changed: a new view follows at once, or as soon as the share of time for it allows. */
  changed(): void {
    this.stale = true;
    const wait = this.formedAt + this.formingMs / formingShare - performance.now();
    if (wait <= 0) {
      this.newest = this.form();
    } else {
      this.retry ??= setTimeout(() => {
        this.retry = undefined;
        if (this.stale) this.newest = this.form();
      }, wait).unref();
    }
  }

  close(): void {
    clearTimeout(this.retry);
    this.maker.release();
  }

  private form(): View {
    const start = performance.now();
    const view = this.maker.form(this.table, presentEpoch(this.current, this.clock()), {
      ...this.versions,
    } satisfies StripeVersions);
    this.formedAt = performance.now();
    this.formingMs = this.formedAt - start;
    this.stale = false;
    return view;
  }
}
