/**
 * What is assumed of the scatter of one outcome around its mean before any is seen: a standard deviation and how many
 * outcomes it counts as (the scale and the degrees of freedom of an inverse gamma prior on σ²).
 */
import type { Prior } from './prior.js';

export interface AssumedNoise {
  /** s₀ ≥ 0, in the metric's unit. */
  readonly deviation: number;
  /** ν₀ ≥ 0, in outcomes; 0 when nothing is known. */
  readonly weight: number;
}

/** A declared noise is knowledge of the metric and gives way slowly. */
const DECLARED_WEIGHT = 8;
/** Half the profiled level is a guess that fits energy, latency and cost within a factor of a few, and gives way soon. */
const GUESSED_WEIGHT = 2;

/**
 * The declared noise, else half of the size that the prior gives the metric, else nothing.
 * @param declared the metric's noise in its unit, if it declares one
 * @throws RangeError when a declared noise is not positive and finite
 */
export function assumeNoise(declared: number | undefined, prior: Prior): AssumedNoise {
  if (declared !== undefined) {
    if (!(declared > 0 && declared < Infinity)) {
      throw new RangeError(`the noise of a metric must be positive and finite, got ${declared}`);
    }
    return { deviation: declared, weight: DECLARED_WEIGHT };
  }
  const deviation = Math.abs(prior.level) / 2;
  return { deviation, weight: deviation > 0 ? GUESSED_WEIGHT : 0 };
}
