/**
 * What a router believes at one version of its statistics: the posterior of every metric of every arm, loaded into the
 * scoring kernel. A view is a cache: the same sums give the same view to the last bit, on every replica.
 */
import { Scorer } from '../../policies/kernel/scorer.js';
import {
  formPosterior,
  trustEvidence,
  type Posterior,
  type PosteriorOptions,
} from '../../policies/linear/posterior.js';
import { agreeOnTrust, TRUSTS } from '../../policies/linear/trust.js';
import { roomForPredictions, type Predictions } from './predict.js';
import { evidenceSeen } from './changes/recorded.js';
import { commonLevel, levelOf } from './level.js';
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
  /** Outcomes of the metric that most is known of; at least 0. */
  readonly mostOutcomes: number;
  /** Whether anything is known of a metric, from profiles or outcomes. */
  readonly known: readonly boolean[];
  readonly scorer: Scorer;
  /** Where `predict` writes. */
  readonly predictions: Predictions;
}

/** What a posterior was formed from beside the prior, so that one for which nothing changed is kept. */
interface Ground {
  readonly changes: number;
  readonly epoch: number;
  readonly level: number | undefined;
}

/** What evidence says of a prior that says nothing itself. */
const silent = new Float64Array(TRUSTS.length);

const same = (a: Ground | undefined, b: Ground): boolean =>
  a?.changes === b.changes && a.epoch === b.epoch && a.level === b.level;

/** How much a view of these posteriors rests on. @param posteriors by metric · arms + arm */
export function counted(
  { arms, metrics, profiled }: Router,
  posteriors: readonly Posterior[],
): Pick<View, 'outcomes' | 'mostOutcomes' | 'known'> {
  const outcomes = new Float64Array(metrics.length);
  posteriors.forEach((posterior, slot) => (outcomes[Math.floor(slot / arms.length)] += posterior.outcomes));
  return {
    outcomes,
    mostOutcomes: Math.max(...outcomes),
    known: metrics.map((_, m) => profiled[m] || outcomes[m] > 0),
  };
}

/** Forms the views of one router, one after another, in one kernel memory: only the newest view can be decided from. */
export class ViewMaker {
  private readonly scorer: Scorer;
  private readonly posteriors: Posterior[] = [];
  private readonly predictions: Predictions;
  private readonly formed: (Ground & { readonly trust: number })[] = [];
  /** What the evidence of each slot says of its profile. */
  private readonly voices: (Ground & { readonly voice: Float64Array })[] = [];
  /** Common level of each metric when the view was formed last. */
  private levels: readonly (number | undefined)[] = [];

  constructor(private readonly router: Router) {
    const slots = Math.max(1, router.arms.length * router.metrics.length);
    this.scorer = new Scorer({ slots, dimension: router.encoder.dimension });
    this.predictions = roomForPredictions(router.arms.length, router.metrics.length);
  }

  /** @throws RangeError when a posterior cannot be formed; the view before it is spoilt then, so form it anew */
  form(table: StatisticsTable, epoch: number, versions: StripeVersions): View {
    const { router } = this;
    const { arms, metrics } = router;
    this.levels = this.levelsOf(table, epoch);
    for (let m = 0; m < metrics.length; m++) {
      const common = this.levels[m];
      const levels = arms.map((_, k) => levelOf(router, common, m, k));
      const voices = arms.map((_, k) => this.voice(table, m, k, epoch, levels[k]));
      for (let k = 0; k < arms.length; k++) {
        const others = voices.filter((_, other) => other !== k && router.measured[m * arms.length + other]);
        this.update(table, m, k, epoch, levels[k], agreeOnTrust(voices[k], others));
      }
    }
    return {
      router,
      versions,
      epoch,
      posteriors: [...this.posteriors],
      ...counted(router, this.posteriors),
      scorer: this.scorer,
      predictions: this.predictions,
    };
  }

  /**
   * Whether more has moved than outcomes added one by one can follow: a common level, or, where there are profiles, perhaps the trust in
   * them. Of one that has not, a view formed now is the one formed last with the outcomes since added (`rank-one.ts`), up to rounding.
   */
  hasMoved(table: StatisticsTable, epoch: number): boolean {
    const { priors } = this.router;
    if (priors.some(({ rows }) => rows.length > 0)) return true;
    const levels = this.levelsOf(table, epoch);
    return levels.some((level, m) => level !== this.levels[m]);
  }

  release(): void {
    this.scorer.release();
  }

  private levelsOf(table: StatisticsTable, epoch: number): (number | undefined)[] {
    const { router } = this;
    return router.metrics.map((_, m) => (router.profiled[m] ? undefined : commonLevel(router, table, m, epoch)));
  }

  private update(
    table: StatisticsTable,
    m: number,
    k: number,
    epoch: number,
    level: number | undefined,
    trust: number,
  ): void {
    const slot = m * this.router.arms.length + k;
    const ground = this.ground(table, m, k, epoch, level);
    if (same(this.formed[slot], ground) && this.formed[slot].trust === trust) return;
    const posterior = formPosterior({ ...this.options(table, m, k, epoch, level), trust });
    this.scorer.load(slot, posterior.mean, posterior.covariance);
    this.posteriors[slot] = posterior;
    this.formed[slot] = { ...ground, trust };
  }

  /** Of an arm without a profile nothing is to be said, which spares a cold router a tenth of its forming. */
  private voice(table: StatisticsTable, m: number, k: number, epoch: number, level: number | undefined): Float64Array {
    const slot = m * this.router.arms.length + k;
    if (this.router.priors[slot].rows.length === 0) return silent;
    const ground = this.ground(table, m, k, epoch, level);
    if (!same(this.voices[slot], ground)) {
      this.voices[slot] = { ...ground, voice: trustEvidence(this.options(table, m, k, epoch, level)) };
    }
    return this.voices[slot].voice;
  }

  private ground(table: StatisticsTable, m: number, k: number, epoch: number, level: number | undefined): Ground {
    const { arms, schema, metricNames } = this.router;
    return { changes: table.changes(schema, arms[k], metricNames[m]), epoch, level };
  }

  private options(
    table: StatisticsTable,
    m: number,
    k: number,
    epoch: number,
    level: number | undefined,
  ): PosteriorOptions {
    const { arms, encoder, schema, metrics, priors, scales, settings } = this.router;
    const cells = table.epochs(schema, arms[k], metrics[m].name);
    const seen = { changes: settings.changes, present: epoch, forgets: settings.halfLifeMs !== undefined };
    return {
      dimension: encoder.dimension,
      precision: settings.precision,
      biasPrecision: metrics[m].noise === undefined ? settings.proportionalBiasPrecision : settings.biasPrecision,
      prior: priors[m * arms.length + k],
      evidence: evidenceSeen(cells, arms[k], metrics[m].name, seen),
      targetScale: scales[m],
      noise: metrics[m].noise,
      level,
    };
  }
}
