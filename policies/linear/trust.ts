/**
 * How far the prior is to be trusted: the τ in (0, 1] under which the evidence is most likely.
 *
 * With σ² integrated out (normal inverse gamma; Bishop 3.5, O'Hagan & Forster 11), up to terms without τ,
 *
 *   L(τ) = ½·log|Λ₀| − ½·log|Λ₀ + A| − ½(ν₀ + n)·log(ν₀s₀² + Q(τ)),     Λ₀ = λI + τP
 *
 * where Q is how much worse prior rows and evidence fit together than the prior rows alone. Evidence that contradicts
 * the prior makes Q large until τ is small; evidence that agrees is explained best at τ = 1, the declared weight.
 *
 * P = UUᵀ has as few rows as there are profiled tasks. With C·Cᵀ = λI + A factorised once, W = C⁻¹U, v = C⁻¹b' and
 * G = WᵀW, each τ costs one R×R factorisation:
 *
 *   log|Λ₀ + A| = log|λI + A| + log|I + τG|
 *   Q(τ) = (Σy'² − vᵀv) + τ·rᵀ(I + τG)⁻¹r − τ·zᵀ(I + τK)⁻¹z,     r = z − Wᵀv
 */
import { factorise, logDeterminant, solve, solveLower } from './cholesky.js';
import { dot, packedLength, packedRow, quadraticForm } from './packed.js';
import { onePlus, priorAlone } from './prior-alone.js';
import { priorMisfit, type CentredTerms } from './terms.js';

/** The values of τ that are considered, 1 first. */
export const TRUSTS: readonly number[] = Array.from({ length: 8 }, (_, k) => 4 ** -k);

/** Below this share of Σy'² a misfit is rounding, not scatter. */
const ROUNDING = 2 ** -46;

/** The posterior under full trust, as far as the test of it needs it. */
export interface TrustedPosterior {
  /** θ', length d. */
  readonly mean: Float64Array;
  /** Packed Λ⁻¹. */
  readonly covariance: Float64Array;
  /** ν₀ + n and ν₀s₀² + Q. */
  readonly degrees: number;
  readonly residual: number;
}

/**
 * Whether less trust would make the evidence less likely: dL/dτ ≥ 0 at τ = 1, from what is at hand there.
 * By the envelope theorem dQ/dτ is the misfit of the prior rows at θ minus that at the prior's own mean.
 */
export function deservesFullTrust(terms: CentredTerms, posterior: TrustedPosterior): boolean {
  const { prior, sums } = terms;
  if (prior.rows.length === 0 || sums.count === 0) return true;
  const alone = priorAlone(terms, 1);
  const freedom = prior.rows.reduce(
    (total, row) => total + row.weight * quadraticForm(posterior.covariance, row.features),
    0,
  );
  const worse = priorMisfit(terms, posterior.mean) - alone.rowMisfit;
  return (alone.freedom - freedom) * posterior.residual >= worse * posterior.degrees;
}

/** The τ among {@link TRUSTS} with the largest L(τ), the larger of equals. */
export function chooseTrust(terms: CentredTerms): number {
  const likelihood = logLikelihood(terms);
  let best = 1;
  let highest = -Infinity;
  for (const trust of TRUSTS) {
    const value = likelihood(trust);
    if (value > highest) [best, highest] = [trust, value];
  }
  return best;
}

/** L(τ) up to a constant, with what does not depend on τ computed once. */
export function logLikelihood(terms: CentredTerms): (trust: number) => number {
  const { noise, sums } = terms;
  const degrees = noise.weight + sums.count;
  const assumed = noise.weight * noise.deviation ** 2;
  const floor = Math.max(ROUNDING * sums.square, Number.MIN_VALUE);
  const { gram, residual, misfit } = projectRows(terms);
  return (trust) => {
    const order = residual.length;
    const factor = factorise(onePlus(gram, order, trust), order);
    const alone = priorAlone(terms, trust);
    const contradiction = trust * dot(residual, solve(factor, residual)) - alone.misfit;
    const scatter = Math.max(floor, assumed + misfit + contradiction);
    return 0.5 * (alone.logDeterminant - logDeterminant(factor, order) - degrees * Math.log(scatter));
  };
}

/** The prior rows as the evidence alone sees them: G, r = z − Wᵀv, and Σy'² − vᵀv. */
function projectRows(terms: CentredTerms): { gram: Float64Array; residual: Float64Array; misfit: number } {
  const { precision, prior, sums, rowTargets } = terms;
  const matrix = Float64Array.from(sums.gram);
  for (let i = 0; i < sums.dimension; i++) matrix[packedRow(i) + i]! += precision;
  const factor = factorise(matrix, sums.dimension);
  const moment = solveLower(factor, sums.moment);
  const gram = new Float64Array(packedLength(prior.rows.length));
  const projected: Float64Array[] = [];
  const residual = Float64Array.from(prior.rows, (row, r) => {
    const root = Math.sqrt(row.weight);
    const image = solveLower(factor, row.features).map((entry) => entry * root);
    projected.push(image);
    projected.forEach((other, s) => (gram[packedRow(r) + s] = dot(image, other)));
    return rowTargets[r]! - dot(image, moment);
  });
  return { gram, residual, misfit: Math.max(0, sums.square - dot(moment, moment)) };
}
