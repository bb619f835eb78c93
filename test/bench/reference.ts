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

/** Mean and variance of one arm's metric at x, given as a column and as a row. */
function scored({ inverse, mean }: ReferenceArm, x: Matrix, row: Matrix): { mean: number; variance: number } {
  return { mean: row.mmul(mean).get(0, 0), variance: row.mmul(inverse).mmul(x).get(0, 0) };
}

/** Upper confidence bounds of all arms at x. */
export function referenceScores(arms: readonly ReferenceArm[], features: Float64Array, width = 1): number[] {
  const x = Matrix.columnVector(features);
  const row = x.transpose();
  return arms.map((arm) => {
    const { mean, variance } = scored(arm, x, row);
    return mean + width * Math.sqrt(variance);
  });
}

/** A metric of the objective: its weight, and every arm's belief. */
export interface ReferenceMetric {
  readonly weight: number;
  readonly arms: readonly ReferenceArm[];
}

/** The arm with the largest upper confidence bound of the utility Σ_m weight_m · metric_m at x. */
export function referenceChoice(metrics: readonly ReferenceMetric[], features: Float64Array, width = 1): number {
  const x = Matrix.columnVector(features);
  const row = x.transpose();
  const bounds = metrics[0]!.arms.map((_, k) => {
    let [mean, variance] = [0, 0];
    for (const { weight, arms } of metrics) {
      const found = scored(arms[k]!, x, row);
      mean += weight * found.mean;
      variance += weight * weight * found.variance;
    }
    return mean + width * Math.sqrt(variance);
  });
  return bounds.indexOf(Math.max(...bounds));
}
