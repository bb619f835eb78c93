/**
 * What a router believes at one version of its statistics: the posterior of every metric of every arm, loaded into the
 * scoring kernel. A view is a cache: the same sums give the same view to the last bit, on every replica.
 */
import { Scorer } from '../../policies/kernel/scorer.js';
import { epochWeight } from '../../policies/linear/forgetting.js';
import { pooledMean } from '../../policies/linear/level.js';
import { formPosterior, type Posterior } from '../../policies/linear/posterior.js';
import type { Router } from './router.js';
import type { StatisticsTable } from './statistics-table.js';

/** Version of each stripe of the statistics that a view was formed from, by the stripe's name. */
export type StripeVersions = Readonly<Record<string, number>>;

export interface View {
  readonly router: Router;
  readonly versions: StripeVersions;
  /** The epoch that evidence was weighed in, and that decisions made from this view belong to. */
  readonly epoch: number;
  /** Posterior of (metric, arm) at metric · arms + arm. */
  readonly posteriors: readonly Posterior[];
  /** Outcomes learned from, per metric, in the order of the metrics; forgotten ones count in part. */
  readonly outcomes: Float64Array;
  /** Whether anything is known of a metric, from profiles or outcomes. */
  readonly known: readonly boolean[];
  readonly scorer: Scorer;
}

/** What a posterior was formed from, so that one whose evidence did not change is kept. */
interface Formed {
  readonly changes: number;
  readonly epoch: number;
  readonly level: number | undefined;
}

/** Two digits: the level moves seldom, so most posteriors stay as they are when one arm learns. */
const LEVEL_DIGITS = 2;

/** Forms the views of one router, one after another, in one kernel memory: only the newest view can be decided from. */
export class ViewMaker {
  private readonly scorer: Scorer;
  private readonly posteriors: Posterior[] = [];
  private readonly formed: Formed[] = [];

  constructor(private readonly router: Router) {
    const slots = Math.max(1, router.arms.length * router.metrics.length);
    this.scorer = new Scorer({ slots, dimension: router.encoder.dimension });
  }

  /** @throws RangeError when a posterior cannot be formed; the view before it is spoilt then, so form it anew */
  form(table: StatisticsTable, epoch: number, versions: StripeVersions): View {
    const { router } = this;
    const { arms, metrics } = router;
    const outcomes = new Float64Array(metrics.length);
    for (let m = 0; m < metrics.length; m++) {
      const level = router.profiled[m] ? undefined : this.level(table, m);
      for (let k = 0; k < arms.length; k++) {
        this.update(table, m, k, epoch, level);
        outcomes[m] += this.posteriors[m * arms.length + k].outcomes;
      }
    }
    return {
      router,
      versions,
      epoch,
      posteriors: [...this.posteriors],
      outcomes,
      known: metrics.map((_, m) => router.profiled[m] || outcomes[m] > 0),
      scorer: this.scorer,
    };
  }

  release(): void {
    this.scorer.release();
  }

  private update(table: StatisticsTable, m: number, k: number, epoch: number, level: number | undefined): void {
    const { router } = this;
    const slot = m * router.arms.length + k;
    const { schema, dimension } = router.encoder;
    const arm = router.arms[k];
    const metric = router.metrics[m];
    const changes = table.changes(schema, arm, metric.name);
    const formed = this.formed[slot];
    if (formed?.changes === changes && formed.epoch === epoch && formed.level === level) return;
    const posterior = formPosterior({
      dimension,
      precision: router.settings.precision,
      biasPrecision: router.settings.biasPrecision,
      prior: router.priors[slot],
      evidence: table.epochs(schema, arm, metric.name).map(({ key, statistics }) => ({
        statistics,
        weight: router.settings.halfLifeMs === undefined ? 1 : epochWeight(key.epoch, epoch),
        scale: 1,
      })),
      targetScale: router.scales[m],
      noise: metric.noise,
      level,
    });
    this.scorer.load(slot, posterior.mean, posterior.covariance);
    this.posteriors[slot] = posterior;
    this.formed[slot] = { changes, epoch, level };
  }

  /** The mean outcome of all arms: what an arm that was never tried is taken for. */
  private level(table: StatisticsTable, m: number): number {
    const { arms, metrics, encoder, scales } = this.router;
    const cells = arms.flatMap((arm) => table.epochs(encoder.schema, arm, metrics[m].name));
    const mean = pooledMean(
      cells.map((cell) => cell.statistics),
      scales[m],
    );
    return Number(mean.toPrecision(LEVEL_DIGITS));
  }
}
