/** Mean and deviation of every metric, and of the utility that they add up to, for all arms of a router at one x. */
import type { View } from './view.js';

export interface Predictions {
  /** Expected value of (metric, arm) at metric · arms + arm, clamped to the metric's range. */
  readonly means: Float64Array;
  /** Expected utility of each arm, in accuracy points. */
  readonly utility: Float64Array;
  /** Posterior standard deviation of the expected utility, in accuracy points. */
  readonly deviation: Float64Array;
}

export const roomForPredictions = (arms: number, metrics: number): Predictions => ({
  means: new Float64Array(arms * metrics),
  utility: new Float64Array(arms),
  deviation: new Float64Array(arms),
});

/**
 * utility = Σ_m w_m · E[metric m];  variance = Σ_m w_m² · σ_m² · xᵀΛ_m⁻¹x, for metrics are believed independently.
 * @param features on the grid, length d
 * @param weights  w, one per metric: the objective's less the prices of the budgets
 * @returns the view's own room, overwritten by the next call for this view: to make three arrays takes 0.4 µs of a decision's 4
 */
export function predict(view: View, features: Int16Array, weights: Float64Array): Predictions {
  const { means, utility, deviation } = view.predictions;
  utility.fill(0);
  deviation.fill(0);
  view.scorer.setFeatures(features);
  view.scorer.means(0, view.posteriors.length, means);
  clamp(view, means);
  for (let m = 0; m < weights.length; m++) {
    if (weights[m] !== 0) addMetric(view, m, weights[m], means, utility, deviation);
  }
  for (let k = 0; k < deviation.length; k++) deviation[k] = Math.sqrt(deviation[k]);
  return view.predictions;
}

function clamp(view: View, means: Float64Array): void {
  const { metrics, arms } = view.router;
  for (let m = 0, slot = 0; m < metrics.length; m++) {
    const { minimum, maximum } = metrics[m];
    for (let k = 0; k < arms.length; k++, slot++) {
      means[slot] = means[slot] < minimum ? minimum : means[slot] > maximum ? maximum : means[slot];
    }
  }
}

let quadratic = new Float64Array(64);

/** Leaves variances in `deviation`. */
function addMetric(
  view: View,
  m: number,
  weight: number,
  means: Float64Array,
  utility: Float64Array,
  deviation: Float64Array,
): void {
  const arms = utility.length;
  const first = m * arms;
  if (quadratic.length < arms) quadratic = new Float64Array(arms);
  view.scorer.variances(first, arms, quadratic);
  for (let k = 0; k < arms; k++) {
    utility[k] += weight * means[first + k];
    // Rounding may leave the form of a very certain belief a little below zero.
    if (quadratic[k] > 0) deviation[k] += weight * weight * view.posteriors[first + k].noiseVariance * quadratic[k];
  }
}
