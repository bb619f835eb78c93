/** Weighs exact sums of outcomes together into float64 sums in natural units, from which a posterior is formed. */
import { FEATURE_UNIT } from './grid.js';
import { addOuterProduct, packedLength, packedRow } from './packed.js';
import { MOMENT_RADIX, type Statistics } from './statistics.js';

/** The outcomes of one epoch, and what they count for. */
export interface Evidence {
  /** All stripes of the epoch, merged: weighing stripes apart would round differently for each sharding. */
  readonly statistics: Statistics;
  /** γ^age times the weight of recorded changes, in [0, 1]. */
  readonly weight: number;
  /** What y is multiplied by, > 0: a price that doubled makes old costs count double. 1 when nothing changed. */
  readonly scale: number;
  /** What is added to scale·y, in the metric's unit: outcomes that have been so much higher since. 0 by default. */
  readonly offset?: number;
  /**
   * v ≥ 0: the level of the metric may have moved after this epoch, by a normal deviate of variance v·σ². 0 by default.
   * Rows up to here then share one unknown error, so that of their level they say no more than 1/v rows would, while
   * what features add to it is known as before: A − v·a·aᵀ/(1 + v·n), b − v·a·Σy/(1 + v·n), with a = A·e₀ and x₀ = 1.
   * (Generalised least squares with covariance σ²(I + v·11ᵀ), by Sherman and Morrison 1950.)
   */
  readonly shift?: number;
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
  for (const item of evidence) {
    check(dimension, item);
    const { statistics, weight, scale, offset = 0, shift = 0 } = item;
    if (weight > 0 && !statistics.isEmpty) {
      const unit = targetScale * scale;
      const total = sumOf(statistics) * unit;
      addScaled(gram, statistics.gram, weight / FEATURE_UNIT ** 2);
      addMoments(moment, statistics, weight * unit);
      count += weight * statistics.count;
      square += weight * (squareOf(statistics) * unit ** 2 + 2 * offset * total + offset ** 2 * statistics.count);
      if (offset !== 0) addOffset(moment, statistics.gram, (weight * offset) / FEATURE_UNIT ** 2);
    }
    if (shift > 0 && gram[0]! > 0) square -= looseLevel(gram, moment, shift);
  }
  return { dimension, count, gram, moment, square: Math.max(0, square) };
}

/** Adds factor·A·e₀, the sum of the features. */
function addOffset(moment: Float64Array, gram: Float64Array, factor: number): void {
  for (let i = 0; i < moment.length; i++) moment[i]! += factor * gram[packedRow(i)]!;
}

/** Takes out of A and b what rows say of their common level beyond 1/v rows' worth; returns what Σy² loses. */
function looseLevel(gram: Float64Array, moment: Float64Array, shift: number): number {
  const column = Float64Array.from(moment, (_, i) => gram[packedRow(i)]!);
  const total = moment[0]!;
  const factor = shift / (1 + shift * column[0]!);
  addOuterProduct(gram, column, -factor);
  for (let i = 0; i < moment.length; i++) moment[i]! -= factor * column[i]! * total;
  return factor * total ** 2;
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

/** Σ y in units of the target scale: the first entry of Σ x·y. */
const sumOf = ({ momentHigh, momentLow }: Statistics): number => momentHigh[0]! + momentLow[0]! / MOMENT_RADIX;

function check(dimension: number, { statistics, weight, scale, offset = 0, shift = 0 }: Evidence): void {
  if (statistics.dimension !== dimension) {
    throw new RangeError(`evidence must have dimension ${dimension}, got ${statistics.dimension}`);
  }
  if (!(weight >= 0 && weight <= 1)) throw new RangeError(`the weight of evidence must lie in [0, 1], got ${weight}`);
  if (!(scale > 0 && scale < Infinity)) {
    throw new RangeError(`the scale of evidence must be positive and finite, got ${scale}`);
  }
  if (!Number.isFinite(offset)) throw new RangeError(`the offset of evidence must be finite, got ${offset}`);
  if (!(shift >= 0 && shift < Infinity)) {
    throw new RangeError(`the shift of a level must be finite and at least 0, got ${shift}`);
  }
}
