import { mean, valueOf, type Terms } from '../estimators/terms.js';
import { checkConfidence, type Interval } from './interval.js';
import { normalQuantile } from './normal-quantile.js';

/**
 * value ± z·√(s²/n), where s² is the variance over rounds of the estimator's linearisation (delta method; van der Vaart
 * 1998, Asymptotic Statistics, section 3.1): ψ_i = offset_i + (numerator_i − R·denominator_i)/mean(denominator) with R the
 * ratio of the means. Trustworthy where many rounds carry the weight; see `refusal.ts`.
 */
export function normalInterval(terms: Terms, confidence: number): Interval {
  checkConfidence(confidence);
  const value = valueOf(terms);
  const half = normalQuantile((1 + confidence) / 2) * standardError(terms);
  return { low: value - half, high: value + half };
}

/** √(Σ (ψ_i − mean ψ)² / (n (n − 1))); Infinity for a single round. */
export function standardError({ offset, numerator, denominator }: Terms): number {
  const n = numerator.length;
  if (n < 2) return Infinity;
  const size = denominator ? mean(denominator) : 1;
  const ratio = mean(numerator) / size;
  const influence = numerator.map((value, i) => {
    const residual = denominator ? value - ratio * denominator[i]! : value;
    return (offset ? offset[i]! : 0) + residual / size;
  });
  const centre = mean(influence);
  let square = 0;
  for (let i = 0; i < n; i++) square += (influence[i]! - centre) ** 2;
  return Math.sqrt(square / (n * (n - 1)));
}
