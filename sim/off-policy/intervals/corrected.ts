import { influenceOf, mean, valueOf, type Terms } from '../estimators/terms.js';
import { checkConfidence, type Interval } from './interval.js';
import { normalQuantile } from './normal-quantile.js';

/**
 * The normal interval corrected for skewness: a few rounds of large weight pull the distribution of an estimate to one
 * side, and the plain interval then ends too early there. With T = √n·(estimate − value)/s and γ the skewness of the
 * linearised terms, g(T) = T + γT²/(3√n) + γ²T³/(27n) + γ/(6√n) is normal up to terms of order 1/n and monotone, so
 *
 *   value ∈ [estimate − s/√n·g⁻¹(z), estimate − s/√n·g⁻¹(−z)],   g⁻¹(z) = 3/a·(∛(1 + a(z − a/6)) − 1),   a = γ/√n.
 *
 * Hall 1992, "On the removal of skewness by transformation", section 2. Where terms aren't skewed it is the normal interval.
 */
export function correctedInterval(terms: Terms, confidence: number): Interval {
  checkConfidence(confidence);
  const value = valueOf(terms);
  const { error, skew } = spreadOf(influenceOf(terms));
  const z = normalQuantile((1 + confidence) / 2);
  return { low: value - error * unskewed(z, skew), high: value - error * unskewed(-z, skew) };
}

/** g⁻¹(z) with a = γ/√n; z itself where a is too small to divide by. */
const unskewed = (z: number, a: number) => (Math.abs(a) < 1e-6 ? z : (3 / a) * (Math.cbrt(1 + a * (z - a / 6)) - 1));

/** Standard error of the mean, Infinity for a single value, and γ/√n. */
function spreadOf(values: Float64Array): { readonly error: number; readonly skew: number } {
  const n = values.length;
  if (n < 2) return { error: Infinity, skew: 0 };
  const centre = mean(values);
  let square = 0;
  for (let i = 0; i < n; i++) square += (values[i]! - centre) ** 2;
  const size = Math.sqrt(square);
  let skew = 0;
  // Each deviation is divided first, for cubes of small ones would vanish.
  if (size > 0) for (let i = 0; i < n; i++) skew += ((values[i]! - centre) / size) ** 3;
  return { error: size / Math.sqrt(n * (n - 1)), skew };
}
