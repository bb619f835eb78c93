/** The prediction of one metric at one context. The kernel in `../kernel` computes the same for all arms at once. */
import { featuresFromGrid } from './grid.js';
import { dot, quadraticForm } from './packed.js';
import type { Posterior } from './posterior.js';

export interface Prediction {
  /** xᵀθ, in the metric's unit; not clamped to its range. */
  readonly mean: number;
  /** σ·√(xᵀΛ⁻¹x) ≥ 0: the posterior standard deviation of the mean, in the metric's unit. */
  readonly deviation: number;
}

/**
 * @param features on the grid, length d
 * @throws RangeError when the length differs from the posterior's dimension
 */
export function predict(posterior: Posterior, features: Int16Array): Prediction {
  if (features.length !== posterior.dimension) {
    throw new RangeError(`features must have length ${posterior.dimension}, got ${features.length}`);
  }
  const x = featuresFromGrid(features);
  return {
    mean: dot(posterior.mean, x),
    deviation: Math.sqrt(posterior.noiseVariance * Math.max(0, quadraticForm(posterior.covariance, x))),
  };
}
