/** Why a logged decision came out as it did: the same code over the same sums, term by term. */
import { sample } from '../../policies/exploration/sample.js';
import { predict as predictMetric } from '../../policies/linear/predict.js';
import { formPosterior } from '../../policies/linear/posterior.js';
import { distribution, priced } from './decide.js';
import type { LoggedDecision } from './decision.js';
import { draw } from './draw.js';
import { weightsOf } from './objective.js';
import { predict, type Predictions } from './predict.js';
import type { StatisticsTable } from './statistics-table.js';
import type { Router } from './router.js';
import { uuidBytes, uuidTimeMs } from './uuid.js';
import { ViewMaker, type View } from './view.js';

/** What is believed of one metric of one arm, and what it adds to the utility. */
export interface MetricTerm {
  readonly metric: string;
  /** Expected value, clamped to the metric's range, and its posterior standard deviation; in the metric's unit. */
  readonly mean: number;
  readonly deviation: number;
  /** The objective's weight less the prices of budgets, and weight times mean. */
  readonly weight: number;
  readonly utility: number;
  /** What the profiles alone would predict, and how far the outcomes moved it. */
  readonly prior_mean: number;
  readonly evidence_shift: number;
  /** The part of its declared weight that the prior has kept, in (0, 1]. */
  readonly trust: number;
  /** Outcomes learned from; forgotten ones count in part. */
  readonly outcomes: number;
}

export interface ArmTerms {
  readonly arm: string;
  readonly probability: number;
  readonly excluded?: string;
  readonly utility: number;
  readonly deviation: number;
  readonly metrics: readonly MetricTerm[];
}

export interface Explanation {
  readonly decision_id: string;
  readonly router: string;
  readonly decided_at: string;
  readonly arm: string;
  readonly propensity: number;
  /** Whether recomputing gives the very probabilities and the arm that were logged. */
  readonly reproduced: boolean;
  readonly policy: {
    readonly name: string;
    readonly revision: number;
    readonly view: Readonly<Record<string, number>>;
  };
  /** Entries of x that are not 0. */
  readonly features: readonly { readonly label: string; readonly value: number }[];
  /** The number in [0, 1) that the arm was drawn with. */
  readonly draw: number;
  readonly arms: readonly ArmTerms[];
}

/**
 * @param router at the revision of the decision
 * @param table  the sums as they were in the decision's view
 */
export function explain(router: Router, table: StatisticsTable, logged: LoggedDecision): Explanation {
  const maker = new ViewMaker(router);
  try {
    return recompute(maker.form(table, logged.epoch, logged.view), logged);
  } finally {
    maker.release();
  }
}

function recompute(view: View, logged: LoggedDecision): Explanation {
  const { router } = view;
  const weights = priced(router, weightsOf(logged.objective, router.metrics), logged.conditions.prices);
  const predictions = predict(view, logged.features, weights);
  const eligible = logged.candidates.map((arm) => router.arms.indexOf(arm));
  const chances = distribution(view, logged.conditions, logged.features, predictions, eligible);
  const number = draw(router.drawKey, uuidBytes(logged.id));
  const drawn = sample(chances, number);
  return {
    decision_id: logged.id,
    router: logged.router,
    decided_at: new Date(uuidTimeMs(uuidBytes(logged.id))).toISOString(),
    arm: logged.arm,
    propensity: logged.propensity,
    reproduced: logged.candidates[drawn] === logged.arm && sameNumbers(chances, logged.probabilities),
    policy: { name: logged.policy, revision: logged.revision, view: logged.view },
    features: litFeatures(router, logged.features),
    draw: number,
    arms: router.arms.map((arm, k) => ({
      arm,
      probability: logged.candidates.includes(arm) ? chances[logged.candidates.indexOf(arm)] : 0,
      ...excludedBecause(logged, arm),
      utility: predictions.utility[k],
      deviation: predictions.deviation[k],
      metrics: router.metrics.map((_, m) => metricTerm(view, logged.features, predictions, weights, m, k)),
    })),
  };
}

function metricTerm(
  { router, posteriors }: View,
  features: Int16Array,
  { means }: Predictions,
  weights: Float64Array,
  m: number,
  k: number,
): MetricTerm {
  const slot = m * router.arms.length + k;
  const posterior = posteriors[slot];
  const alone = formPosterior({
    dimension: router.encoder.dimension,
    precision: router.settings.precision,
    biasPrecision: router.settings.biasPrecision,
    prior: router.priors[slot],
    evidence: [],
    targetScale: router.scales[m],
    noise: router.metrics[m].noise,
    level: undefined,
  });
  const believed = predictMetric(posterior, features);
  const prior = predictMetric(alone, features).mean;
  return {
    metric: router.metrics[m].name,
    mean: means[slot],
    deviation: believed.deviation,
    weight: weights[m],
    utility: weights[m] === 0 ? 0 : weights[m] * means[slot],
    prior_mean: prior,
    evidence_shift: believed.mean - prior,
    trust: posterior.trust,
    outcomes: posterior.outcomes,
  };
}

function litFeatures(router: Router, features: Int16Array): Explanation['features'] {
  const lit: { label: string; value: number }[] = [];
  features.forEach((entry, i) => {
    if (entry !== 0) lit.push({ label: router.encoder.labels[i], value: entry / 4096 });
  });
  return lit;
}

function excludedBecause({ excluded }: LoggedDecision, arm: string): { excluded?: string } {
  const reason = excluded.find((exclusion) => exclusion.arm === arm)?.reason;
  return reason === undefined ? {} : { excluded: reason };
}

const sameNumbers = (a: Float64Array, b: Float64Array): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);
