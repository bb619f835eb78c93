/**
 * The 2⁻¹² grid of the features. A product of two entries is a multiple of 2⁻²⁴ of at most 1, so a float64 sums 2²⁹ of
 * them without rounding: that is what makes the statistics exact.
 */
export const GRID = 4096;

/** How far rounding may carry an entry beyond ±1 before it is taken for a mistake of the encoder. */
const TOLERANCE = 1e-9;

/**
 * Rounds every entry to the nearest grid point.
 * @param x  length d, entries in [-1, 1]
 * @returns length d, entries in [-4096, 4096]; -0 becomes 0
 * @throws RangeError when an entry is not a number in [-1, 1]
 */
export function quantise(x: Float64Array): Int16Array {
  const grid = new Int16Array(x.length);
  for (let i = 0; i < x.length; i++) {
    const value = x[i];
    if (!(Math.abs(value) <= 1 + TOLERANCE)) {
      throw new RangeError(`feature ${i} must be in [-1, 1], got ${value}; its encoder is at fault`);
    }
    grid[i] = Math.round(value * GRID);
  }
  return grid;
}
