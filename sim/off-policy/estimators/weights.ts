/** Transforms of importance weights that trade variance for bias. All take and give arrays of length n. */

/** min(w, λ): clipping. Ionides 2008, "Truncated importance sampling", section 2. */
export const clipped = (weights: Float64Array, lambda: number): Float64Array => {
  checkPositive(lambda);
  return weights.map((w) => Math.min(w, lambda));
};

/**
 * w where w ≤ λ, else 0, which leaves the round to the model: the switch estimator. Wang, Agarwal & Dudík 2017, "Optimal
 * and adaptive off-policy evaluation in contextual bandits", section 3.1.
 */
export const switched = (weights: Float64Array, lambda: number): Float64Array => {
  checkPositive(lambda);
  return weights.map((w) => (w <= lambda ? w : 0));
};

/**
 * λw/(w² + λ): optimistic shrinkage, from w near 0 over its peak √λ/2 back to 0. Su, Dimakopoulou, Krishnamurthy & Dudík
 * 2020, "Doubly robust off-policy evaluation with shrinkage", equation 8.
 */
export const shrunk = (weights: Float64Array, lambda: number): Float64Array => {
  checkPositive(lambda);
  return weights.map((w) => (lambda * w) / (w * w + lambda));
};

/** w/(1 − λ + λw) with λ in [0, 1]: Metelli, Russo & Restelli 2021, "Subgaussian and differentiable importance sampling", section 5. */
export const subgaussian = (weights: Float64Array, lambda: number): Float64Array => {
  if (!(lambda >= 0 && lambda <= 1)) throw new RangeError(`λ lies in [0, 1], got ${lambda}`);
  // With λ = 1 the form is w/w, which is 0 where there is no weight.
  return weights.map((w) => (w === 0 ? 0 : w / (1 - lambda + lambda * w)));
};

function checkPositive(lambda: number): void {
  if (!(lambda > 0)) throw new RangeError(`λ must be positive, got ${lambda}`);
}
