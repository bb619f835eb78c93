import { influenceOf, mean, valueOf, type Terms } from '../estimators/terms.js';
import { checkConfidence, type Interval } from './interval.js';
import { normalQuantile } from './normal-quantile.js';

/**
 * value ± z·√(s²/n), where s² is the variance over rounds of the estimator's linearisation. Trustworthy
 * where many rounds carry the weight alike; see `corrected.ts` for where they don't.
 */
export function normalInterval(terms: Terms, confidence: number): Interval {
  checkConfidence(confidence);
  const value = valueOf(terms);
  const half = normalQuantile((1 + confidence) / 2) * standardError(terms);
  return { low: value - half, high: value + half };
}

/** √(Σ (ψ_i − mean ψ)² / (n (n − 1))); Infinity for a single round. */
export function standardError(terms: Terms): number {
  const n = terms.numerator.length;
  if (n < 2) return Infinity;
  const influence = influenceOf(terms);
  const centre = mean(influence);
  let square = 0;
  for (let i = 0; i < n; i++) square += (influence[i]! - centre) ** 2;
  return Math.sqrt(square / (n * (n - 1)));
}
