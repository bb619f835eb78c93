/**
 * One more outcome into a posterior in place, for simulations that learn at every step.
 * Sherman & Morrison 1950: (Λ + w·x·xᵀ)⁻¹ = Λ⁻¹ − w·g·gᵀ/(1 + w·xᵀg) with g = Λ⁻¹x.
 *
 * Trust in the prior is left as it was, so a posterior formed anew may differ where the evidence contradicts the prior.
 */
import { dot, multiplyPacked, addOuterProduct } from './packed.js';
import type { Posterior } from './posterior.js';

/** A posterior that may be written to. */
export type RunningPosterior = { -readonly [K in keyof Posterior]: Posterior[K] };

/** A copy that {@link learnOne} may write to. */
export function runningCopy(posterior: Posterior): RunningPosterior {
  return {
    ...posterior,
    mean: Float64Array.from(posterior.mean),
    covariance: Float64Array.from(posterior.covariance),
  };
}

/** g of the outcome in hand: to make an array for each takes as long as to multiply. */
let gain = new Float64Array(0);

/**
 * Learns y at x: θ += w·g·e/(1 + w·xᵀg), Q += w·e²/(1 + w·xᵀg) with e = y − xᵀθ.
 * @param features x, length d
 * @param value y, in the metric's unit
 * @param weight w > 0
 * @throws RangeError when the length differs or a number is not finite; the posterior is unchanged then
 */
export function learnOne(posterior: RunningPosterior, features: Float64Array, value: number, weight = 1): void {
  if (features.length !== posterior.dimension) {
    throw new RangeError(`features must have length ${posterior.dimension}, got ${features.length}`);
  }
  if (gain.length !== features.length) gain = new Float64Array(features.length);
  multiplyPacked(posterior.covariance, features, gain);
  const error = value - dot(posterior.mean, features);
  const spread = 1 + weight * dot(features, gain);
  if (!Number.isFinite(error) || !(weight > 0 && weight < Infinity) || !(spread >= 1)) {
    throw new RangeError(`an outcome must be finite and its weight positive, got ${value} with weight ${weight}`);
  }
  addOuterProduct(posterior.covariance, gain, -weight / spread);
  for (let i = 0; i < gain.length; i++) posterior.mean[i]! += (weight * error * gain[i]!) / spread;
  posterior.outcomes += weight;
  posterior.degrees += weight;
  posterior.residual += (weight * error ** 2) / spread;
  posterior.noiseVariance = posterior.residual / posterior.degrees;
}
