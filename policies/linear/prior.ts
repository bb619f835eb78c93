/**
 * What is believed of an arm's metric before any outcome: pseudo-observations, which are never stored with evidence.
 *
 * A profile row (arm, task, value, n) says that n requests with features x(task) averaged `value`. It enters as
 * w = min(n, cap)·trust rows (x, value):  P = Σ w·x·xᵀ,  m = Σ w·value·x,  s = Σ w·value².
 */
import { addOuterProduct, packedLength } from './packed.js';

export interface PseudoObservation {
  /** x, length d, entries in [-1, 1], x[0] = 1. */
  readonly features: Float64Array;
  /** In the metric's unit. */
  readonly value: number;
  /** How many outcomes it counts as; > 0. */
  readonly weight: number;
}

export interface Prior {
  readonly dimension: number;
  /** One row per distinct x, in the order of first appearance; the value is the weighted mean. */
  readonly rows: readonly PseudoObservation[];
  /** Packed P = Σ w·x·xᵀ, length d(d+1)/2. */
  readonly precision: Float64Array;
  /** m = Σ w·value·x, length d. */
  readonly moment: Float64Array;
  /** s = Σ w·value². */
  readonly square: number;
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

/**
 * Folds pseudo-observations into a prior; rows of weight 0 say nothing and are left out.
 * @throws RangeError when a row's length differs from d, or a number is not finite or a weight negative
 */
export function formPrior(dimension: number, observations: readonly PseudoObservation[]): Prior {
  const rows = mergeEqualFeatures(dimension, observations);
  const precision = new Float64Array(packedLength(dimension));
  const moment = new Float64Array(dimension);
  let square = 0;
  let weight = 0;
  let sum = 0;
  for (const row of rows) {
    addOuterProduct(precision, row.features, row.weight);
    for (let i = 0; i < dimension; i++) moment[i]! += row.weight * row.value * row.features[i]!;
    square += row.weight * row.value ** 2;
    weight += row.weight;
    sum += row.weight * row.value;
  }
  return { dimension, rows, precision, moment, square, weight, level: weight > 0 ? sum / weight : 0 };
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

/** Rows of one x become one row: weights add, and the value is their weighted mean. */
function mergeEqualFeatures(dimension: number, observations: readonly PseudoObservation[]): PseudoObservation[] {
  const merged = new Map<string, { features: Float64Array; sum: number; weight: number }>();
  for (const observation of observations) {
    check(dimension, observation);
    const { features, value, weight } = observation;
    if (weight === 0) continue;
    const key = features.join(' ');
    const row = merged.get(key);
    if (row) {
      row.sum += weight * value;
      row.weight += weight;
    } else {
      merged.set(key, { features: Float64Array.from(features), sum: weight * value, weight });
    }
  }
  return Array.from(merged.values(), ({ features, sum, weight }) => ({ features, value: sum / weight, weight }));
}

function check(dimension: number, { features, value, weight }: PseudoObservation): void {
  if (features.length !== dimension) {
    throw new RangeError(`features must have length ${dimension}, got ${features.length}`);
  }
  if (!features.every(Number.isFinite)) throw new RangeError('features of a pseudo-observation must be finite');
  if (!Number.isFinite(value)) throw new RangeError(`the value of a pseudo-observation must be finite, got ${value}`);
  if (!(weight >= 0 && weight < Infinity)) {
    throw new RangeError(`the weight of a pseudo-observation must be finite and at least 0, got ${weight}`);
  }
}
