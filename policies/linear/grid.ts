/**
 * The grid that features live on: multiples of 2⁻¹² in [-1, 1], held as integers in [-4096, 4096].
 *
 * A product of two entries is then an integer of at most 2²⁴, so float64 sums of 2²⁹ products are exact, and exact sums
 * do not depend on the order or the sharding of the rows.
 */

/** Grid steps per 1: the integer that stands for 1. */
export const FEATURE_UNIT = 4096;

/**
 * Rounds features to the grid: round(4096·x), halves towards +∞, never -0.
 * @param features entries in [-1, 1], any length d
 * @returns length d, entries in [-4096, 4096]
 * @throws RangeError when an entry is outside [-1, 1] or not finite
 */
export function quantiseFeatures(features: Float64Array): Int16Array {
  const quantised = new Int16Array(features.length);
  for (let i = 0; i < features.length; i++) {
    const value = features[i]!;
    if (!(value >= -1 && value <= 1)) {
      throw new RangeError(`feature ${i} must lie in [-1, 1], got ${value}; scale it in its encoder`);
    }
    quantised[i] = Math.round(value * FEATURE_UNIT);
  }
  return quantised;
}

/**
 * The features that grid integers stand for: x = integer / 4096, exactly.
 * @param features where they are written, length d; a new array by default
 * @returns length d, entries in [-1, 1]
 */
export function featuresFromGrid(
  quantised: Int16Array,
  features: Float64Array = new Float64Array(quantised.length),
): Float64Array {
  // A loop: `Float64Array.from` with a function took six times as long at d = 24.
  for (let i = 0; i < features.length; i++) features[i] = quantised[i]! / FEATURE_UNIT;
  return features;
}
