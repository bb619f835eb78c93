/** The LinUCB that one writes with ml-matrix: per arm A⁻¹ and θ as matrices, xᵀθ and xᵀA⁻¹x by mmul. */
import { Matrix } from 'ml-matrix';

import { packedRow } from '../../policies/linear/packed.js';

export const REFERENCE = 'LinUCB with ml-matrix';

export interface ReferenceArm {
  readonly inverse: Matrix;
  readonly mean: Matrix;
}

export function referenceArm(mean: Float64Array, covariance: Float64Array): ReferenceArm {
  const d = mean.length;
  const inverse = Matrix.zeros(d, d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      inverse.set(i, j, covariance[packedRow(i) + j]!);
      inverse.set(j, i, covariance[packedRow(i) + j]!);
    }
  }
  return { inverse, mean: Matrix.columnVector(mean) };
}

/** Upper confidence bounds of all arms at x. */
export function referenceScores(arms: readonly ReferenceArm[], features: Float64Array, width = 1): number[] {
  const x = Matrix.columnVector(features);
  const row = x.transpose();
  return arms.map(({ inverse, mean }) => {
    const variance = row.mmul(inverse).mmul(x).get(0, 0);
    return row.mmul(mean).get(0, 0) + width * Math.sqrt(variance);
  });
}
