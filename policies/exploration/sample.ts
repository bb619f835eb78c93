/** The one place that draws from a distribution. */

/**
 * Inverse cumulative distribution: the first i with p_0 + … + p_i > u. An entry of probability zero is never returned,
 * not even when rounding leaves the total a little below u; the last entry with any probability then is.
 * @param probabilities  length n ≥ 1, entries ≥ 0, summing to 1
 * @param u              uniform in [0, 1)
 * @returns the index drawn
 * @throws RangeError when u is outside [0, 1) or no entry is positive
 */
export function sample(probabilities: Float64Array, u: number): number {
  if (!(u >= 0 && u < 1)) throw new RangeError(`u must be in [0, 1), got ${u}`);
  let cumulative = 0;
  let last = -1;
  for (let i = 0; i < probabilities.length; i++) {
    if (!(probabilities[i] > 0)) continue;
    cumulative += probabilities[i];
    last = i;
    if (u < cumulative) return i;
  }
  if (last < 0) throw new RangeError('probabilities must hold a positive entry, got none');
  return last;
}
