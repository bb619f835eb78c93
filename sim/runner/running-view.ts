/**
 * The view of a router that learns at every step: exact sums as in the service, and between two formings of the whole
 * view each outcome is added to its posterior in place (rank one), which is the same belief up to rounding for as long as
 * trust, level and change facts stand. A forming at d = 26 takes as long as some fifty such additions, and grows with the cube of d, so it is
 * looked from time to time whether any of them moved, and formed only then.
 */
import { featuresFromGrid } from '../../policies/linear/grid.js';
import { learnOne, runningCopy, type RunningPosterior } from '../../policies/linear/rank-one.js';
import { fold } from '../../src/routing/learn.js';
import type { OutcomeRow } from '../../src/routing/outcome.js';
import type { Router } from '../../src/routing/router.js';
import { StatisticsTable } from '../../src/routing/statistics-table.js';
import { counted, ViewMaker, type View } from '../../src/routing/view.js';

/** Looks without a move after which the view is formed all the same, so that rounding cannot gather. */
export const mostLooks = 16;

export class RunningView {
  readonly table = new StatisticsTable();
  private maker: ViewMaker;
  private view: View;
  /** Posteriors that outcomes were added to since the view was formed, by slot. */
  private running = new Map<number, RunningPosterior>();
  /** Outcomes since it was looked, and looks since the view was formed. */
  private since = 0;
  private looks = 0;
  private learned = 0;
  private readonly x: Float64Array;

  /** @param every outcomes after which it is looked whether the view has to be formed anew; while little is known, sooner */
  constructor(
    private router: Router,
    private readonly every: number,
    epoch: number,
  ) {
    this.maker = new ViewMaker(router);
    this.view = this.maker.form(this.table, epoch, {});
    this.x = new Float64Array(router.encoder.dimension);
  }

  get current(): View {
    return this.view;
  }

  /** Goes on with another revision of the router, or in another epoch. */
  follow(router: Router, epoch: number): void {
    if (router !== this.router) {
      this.maker.release();
      this.router = router;
      this.maker = new ViewMaker(router);
    } else if (epoch === this.view.epoch) return;
    this.form(epoch);
  }

  learn(rows: readonly OutcomeRow[]): void {
    let late = false;
    let grid: Int16Array | undefined;
    for (const row of rows) {
      fold(this.table, this.router.spec, row, 1);
      if (row.epoch !== this.view.epoch) {
        late = true;
        continue;
      }
      // Outcomes of one decision have their features in common.
      if (row.features !== grid) featuresFromGrid((grid = row.features), this.x);
      this.learnRow(row, this.x);
    }
    this.since++;
    this.learned++;
    // While little is known each outcome moves the level by much.
    if (late) this.form(this.view.epoch);
    else if (this.since >= Math.min(this.every, 1 + this.learned / 8)) this.look();
  }

  release(): void {
    this.maker.release();
  }

  private look(): void {
    this.since = 0;
    const { view } = this;
    if (++this.looks >= mostLooks || this.maker.hasMoved(this.table, view.epoch)) this.form(view.epoch);
    else this.view = { ...view, ...counted(this.router, view.posteriors) };
  }

  private form(epoch: number): void {
    this.view = this.maker.form(this.table, epoch, {});
    this.running = new Map();
    this.since = 0;
    this.looks = 0;
  }

  /** @param x the features of the row */
  private learnRow({ arm, metric, value }: OutcomeRow, x: Float64Array): void {
    const k = this.router.arms.indexOf(arm);
    const m = this.router.metricNames.indexOf(metric);
    if (k < 0 || m < 0) return;
    const slot = m * this.router.arms.length + k;
    const posterior = this.runningAt(slot);
    learnOne(posterior, x, value);
    this.view.scorer.load(slot, posterior.mean, posterior.covariance);
  }

  private runningAt(slot: number): RunningPosterior {
    let posterior = this.running.get(slot);
    if (!posterior) {
      posterior = runningCopy(this.view.posteriors[slot]!);
      this.running.set(slot, posterior);
      this.view = { ...this.view, posteriors: this.view.posteriors.with(slot, posterior) };
    }
    return posterior;
  }
}
