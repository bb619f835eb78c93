/**
 * What is assumed of the scatter of one outcome around its mean before any is seen: a standard deviation and how many
 * outcomes it counts as (the scale and the degrees of freedom of an inverse gamma prior on σ²).
 */
export interface AssumedNoise {
  /** s₀ ≥ 0, in the metric's unit. */
  readonly deviation: number;
  /** ν₀ ≥ 0, in outcomes; 0 when nothing is known. */
  readonly weight: number;
}

/** ν₀: a declared noise is knowledge of the metric and gives way slowly. */
export const DECLARED_WEIGHT = 8;
/** ν₀: half the level is a guess that fits energy, latency and cost within a factor of a few, and gives way soon. */
export const GUESSED_WEIGHT = 2;

/**
 * The declared noise, else half of the metric's level, else nothing.
 * @param declared the metric's noise in its unit, if it declares one
 * @param level    what the metric is taken for before any outcome: its profiles' mean, or that of all arms
 * @throws RangeError when a declared noise is not positive and finite
 */
export function assumeNoise(declared: number | undefined, level: number): AssumedNoise {
  if (declared !== undefined) {
    if (!(declared > 0 && declared < Infinity)) {
      throw new RangeError(`the noise of a metric must be positive and finite, got ${declared}`);
    }
    return { deviation: declared, weight: DECLARED_WEIGHT };
  }
  const deviation = Math.abs(level) / 2;
  return { deviation, weight: deviation > 0 ? GUESSED_WEIGHT : 0 };
}
