/**
 * How far the prior is to be trusted: what the evidence says of τ in (0, 1], when any τ is as likely before.
 *
 * With σ² integrated out (normal inverse gamma; Bishop 3.5, O'Hagan & Forster 11), up to terms without τ,
 *
 *   L(τ) = ½·log|Λ₀| − ½·log|Λ₀ + A| − ½(ν₀ + n)·log(ν₀s₀² + Q(τ)),     Λ₀ = λI + τP
 *
 * is its log likelihood, where Q is how much worse prior rows and evidence fit together than the prior rows alone.
 * Evidence that contradicts the prior makes Q large until τ is small; evidence that agrees is explained best at 1.
 *
 * The most likely τ alone drops a good profile after one unlucky outcome. The mean of log τ does not, and moves
 * smoothly: measured over 40 simulated routers of nine tasks (weight 50 a row), the error of a right profile after 24
 * outcomes is .022 (most likely τ: .086) and that of an inverted one .225 (.203; at full trust .266).
 *
 * P = UUᵀ has as few rows as there are profiled tasks. With C·Cᵀ = λI + A factorised once, W = C⁻¹U, v = C⁻¹b' and
 * G = WᵀW, each τ costs one R×R factorisation:
 *
 *   log|Λ₀ + A| = log|λI + A| + log|I + τG|
 *   Q(τ) = (Σy'² − vᵀv) + τ·rᵀ(I + τG)⁻¹r − τ·zᵀ(I + τK)⁻¹z,     r = z − Wᵀv
 */
import { factorise, logDeterminant, solve, solveLower } from './cholesky.js';
import { dot, packedLength, packedRow } from './packed.js';
import { onePlus, priorAlone } from './prior-alone.js';
import type { CentredTerms } from './terms.js';

/** The values of τ that are considered, 1 first. */
export const TRUSTS: readonly number[] = Array.from({ length: 8 }, (_, k) => 4 ** -k);

/** Below this share of Σy'² a misfit is rounding, not scatter. */
const ROUNDING = 2 ** -46;

/**
 * τ = exp E[log τ] over {@link TRUSTS}, each weighed by τ·exp L(τ).
 * @returns in (0, 1]; 1 when there is no prior or nothing to measure it by
 */
export function chooseTrust(terms: CentredTerms): number {
  if (terms.prior.rows.length === 0 || terms.sums.count === 0) return 1;
  const logs = TRUSTS.map(logLikelihood(terms));
  const highest = Math.max(...logs);
  let total = 0;
  let sum = 0;
  TRUSTS.forEach((trust, k) => {
    const weight = trust * Math.exp(logs[k]! - highest);
    total += weight;
    sum += weight * Math.log(trust);
  });
  return Math.exp(sum / total);
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
    const alone = priorAlone(terms, trust, true);
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
