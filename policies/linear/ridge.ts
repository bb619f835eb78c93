/**
 * The ridge D = diag(λ₀, λ, λ, …): what is believed of θ where neither a profile nor an outcome speaks. The level of an
 * arm (the bias) is often far from the others', while what a context adds to it is small, so the bias is held less firmly.
 */
import { packedRow } from './packed.js';

export interface Ridge {
  /** λ₀ > 0: outcomes that the pull of the bias towards the level is worth. */
  readonly bias: number;
  /** λ > 0: outcomes that the pull of every other coefficient towards 0 is worth. */
  readonly features: number;
}

/** @throws RangeError when a precision is not positive and finite */
export function checkRidge({ bias, features }: Ridge): void {
  for (const precision of [bias, features]) {
    if (!(precision > 0 && precision < Infinity)) {
      throw new RangeError(`the precision of the ridge must be positive and finite, got ${precision}`);
    }
  }
}

/** Adds D to a packed matrix of the given order. */
export function addRidge(matrix: Float64Array, { bias, features }: Ridge, order: number): void {
  for (let i = 0; i < order; i++) matrix[packedRow(i) + i]! += i === 0 ? bias : features;
}

/** θᵀDθ. */
export function ridgePenalty({ bias, features }: Ridge, mean: Float64Array): number {
  let sum = 0;
  for (let i = 1; i < mean.length; i++) sum += mean[i]! * mean[i]!;
  return bias * mean[0]! * mean[0]! + features * sum;
}

/** D⁻¹x. */
export function ridgeSolve({ bias, features }: Ridge, x: Float64Array): Float64Array {
  return x.map((entry, i) => entry / (i === 0 ? bias : features));
}

/** xᵀD⁻¹y. */
export function ridgeProduct({ bias, features }: Ridge, x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 1; i < x.length; i++) sum += x[i]! * y[i]!;
  return (x[0]! * y[0]!) / bias + sum / features;
}
