/** Weighs exact sums of outcomes together into float64 sums in natural units, from which a posterior is formed. */
import { FEATURE_UNIT } from './grid.js';
import { packedLength } from './packed.js';
import { MOMENT_RADIX, type Statistics } from './statistics.js';

/** The outcomes of one epoch, and what they count for. */
export interface Evidence {
  /** All stripes of the epoch, merged: weighing stripes apart would round differently for each sharding. */
  readonly statistics: Statistics;
  /** γ^age times the weight of recorded changes, in [0, 1]. */
  readonly weight: number;
  /** What y is multiplied by, > 0: a price that doubled makes old costs count double. 1 when nothing changed. */
  readonly scale: number;
}

/** Σ over outcomes, weighted, in natural units. */
export interface Sums {
  readonly dimension: number;
  /** n = Σ w. */
  readonly count: number;
  /** Packed A = Σ w·x·xᵀ, length d(d+1)/2. */
  readonly gram: Float64Array;
  /** b = Σ w·x·y, length d. */
  readonly moment: Float64Array;
  /** Σ w·y². */
  readonly square: number;
}

/**
 * Sums evidence in the order given; the order must be fixed (by epoch) for the last bits to be.
 * @param targetScale the scale of the metric's target grid
 * @throws RangeError when dimensions differ, or a weight or scale is out of range
 */
export function sumEvidence(dimension: number, evidence: readonly Evidence[], targetScale: number): Sums {
  const gram = new Float64Array(packedLength(dimension));
  const moment = new Float64Array(dimension);
  let count = 0;
  let square = 0;
  for (const { statistics, weight, scale } of evidence) {
    check(dimension, statistics, weight, scale);
    if (weight === 0 || statistics.isEmpty) continue;
    const unit = targetScale * scale;
    addScaled(gram, statistics.gram, weight / FEATURE_UNIT ** 2);
    addMoments(moment, statistics, weight * unit);
    count += weight * statistics.count;
    square += weight * squareOf(statistics) * unit ** 2;
  }
  return { dimension, count, gram, moment, square };
}

function addScaled(target: Float64Array, source: Float64Array, factor: number): void {
  for (let k = 0; k < target.length; k++) target[k]! += factor * source[k]!;
}

/** A moment's unit is 2⁻¹² (feature) · 2⁻⁴⁰ (target) = 2⁻⁵², the radix of its limbs. */
function addMoments(target: Float64Array, { momentHigh, momentLow }: Statistics, factor: number): void {
  for (let i = 0; i < target.length; i++) {
    target[i]! += factor * (momentHigh[i]! + momentLow[i]! / MOMENT_RADIX);
  }
}

/** Σ y² in units of the squared target scale. */
function squareOf({ squareLimbs }: Statistics): number {
  return squareLimbs[2]! + (squareLimbs[1]! + squareLimbs[0]! / 2 ** 40) / 2 ** 40;
}

function check(dimension: number, statistics: Statistics, weight: number, scale: number): void {
  if (statistics.dimension !== dimension) {
    throw new RangeError(`evidence must have dimension ${dimension}, got ${statistics.dimension}`);
  }
  if (!(weight >= 0 && weight <= 1)) throw new RangeError(`the weight of evidence must lie in [0, 1], got ${weight}`);
  if (!(scale > 0 && scale < Infinity)) {
    throw new RangeError(`the scale of evidence must be positive and finite, got ${scale}`);
  }
}
