/**
 * What is believed of an arm's metric before any outcome: pseudo-observations, which are never stored with evidence.
 *
 * A profile row (arm, task, value, n) says that n requests with features x(task) averaged `value`. All n say where the
 * belief begins (`prior-mean.ts`); it is held as firmly as w = min(n, cap)·trust outcomes hold it: P = Σ w·x·xᵀ.
 */
import { addOuterProduct, packedLength } from './packed.js';

export interface PseudoObservation {
  /** x, length d, entries in [-1, 1], x[0] = 1. */
  readonly features: Float64Array;
  /** In the metric's unit. */
  readonly value: number;
  /** w: how many outcomes it counts as beside those that come in; > 0. */
  readonly weight: number;
  /** n: how many requests the value is the mean of, by which it is weighed beside the other rows and the ridge. */
  readonly samples: number;
}

export interface Prior {
  readonly dimension: number;
  /** One row per distinct x, in the order of first appearance; the value is the weighted mean. */
  readonly rows: readonly PseudoObservation[];
  /** Packed P = Σ w·x·xᵀ, length d(d+1)/2. */
  readonly precision: Float64Array;
  /** Σ w. */
  readonly weight: number;
  /** Weighted mean of the values, 0 without rows: where the ridge pulls the bias to. */
  readonly level: number;
}

/**
 * How many outcomes a profile row counts as: min(n, cap)·trust.
 * @param samples n ≥ 1, requests that the profile was measured over
 * @param options cap > 0 on the samples, trust ≥ 0 per sample
 */
export function profileWeight(samples: number, options: { readonly cap: number; readonly trust: number }): number {
  return Math.min(samples, options.cap) * options.trust;
}

/** Past this many a value is as good as exact, and more of them would only cost digits. */
const mostSamples = 1e6;

/**
 * Folds pseudo-observations into a prior; rows of weight 0 say nothing and are left out.
 * @throws RangeError when a row's length differs from d, a number is not finite, a weight negative or n not positive
 */
export function formPrior(dimension: number, observations: readonly PseudoObservation[]): Prior {
  const rows = mergeEqualFeatures(dimension, observations);
  const precision = new Float64Array(packedLength(dimension));
  let weight = 0;
  let sum = 0;
  for (const row of rows) {
    addOuterProduct(precision, row.features, row.weight);
    weight += row.weight;
    sum += row.weight * row.value;
  }
  return { dimension, rows, precision, weight, level: weight > 0 ? sum / weight : 0 };
}

/** The prior that says nothing. */
export function emptyPrior(dimension: number): Prior {
  return formPrior(dimension, []);
}

/**
 * What an arm without a profile borrows from the others: for every x that their profiles speak of, the mean of their
 * values weighted by their weights, counting as `weight` outcomes and never as more than the profiles themselves.
 * @param priors of the profiled arms, for the same metric
 * @param weight outcomes that a borrowed row counts as, ≥ 0; small, since arms differ
 */
export function borrowPrior(dimension: number, priors: readonly Prior[], weight: number): Prior {
  const pooled = mergeEqualFeatures(
    dimension,
    priors.flatMap((prior) => prior.rows),
  );
  return formPrior(
    dimension,
    pooled.map((row) => ({ ...row, weight: Math.min(row.weight, weight) })),
  );
}

/** Rows of one x become one row: weights and samples add, and the value is the mean by weight. */
function mergeEqualFeatures(dimension: number, observations: readonly PseudoObservation[]): PseudoObservation[] {
  const merged = new Map<string, { features: Float64Array; sum: number; weight: number; samples: number }>();
  for (const observation of observations) {
    check(dimension, observation);
    const { features, value, weight, samples } = observation;
    if (weight === 0) continue;
    const key = features.join(' ');
    const row = merged.get(key);
    if (row) {
      row.sum += weight * value;
      row.weight += weight;
      row.samples += samples;
    } else {
      merged.set(key, { features: Float64Array.from(features), sum: weight * value, weight, samples });
    }
  }
  return Array.from(merged.values(), ({ features, sum, weight, samples }) => ({
    features,
    value: sum / weight,
    weight,
    samples: Math.min(samples, mostSamples),
  }));
}

function check(dimension: number, { features, value, weight, samples }: PseudoObservation): void {
  if (features.length !== dimension) {
    throw new RangeError(`features must have length ${dimension}, got ${features.length}`);
  }
  if (!features.every(Number.isFinite)) throw new RangeError('features of a pseudo-observation must be finite');
  if (!Number.isFinite(value)) throw new RangeError(`the value of a pseudo-observation must be finite, got ${value}`);
  if (!(weight >= 0 && weight < Infinity)) {
    throw new RangeError(`the weight of a pseudo-observation must be finite and at least 0, got ${weight}`);
  }
  if (!(samples > 0 && samples < Infinity)) {
    throw new RangeError(`the samples of a pseudo-observation must be finite and above 0, got ${samples}`);
  }
}
