/**
 * The posterior of a Bayesian linear model y = xᵀθ + ε, ε ~ N(0, σ²), under a normal inverse gamma prior.
 * Bishop, Pattern Recognition and Machine Learning, section 3.3; O'Hagan & Forster, Bayesian Inference, section 11.
 *
 *   precision   Λ = D + τP + A                   D ridge, P prior, A = Σ w·x·xᵀ evidence, τ trust in the prior
 *   mean        θ = Λ⁻¹(λ₀·l·e₀ + τm + b)        the ridge pulls the bias (x₀ = 1) to the level l, all else to 0
 *   noise       σ² = (ν₀s₀² + Q)/(ν₀ + n)         Q: how much worse all rows fit together than the prior rows alone
 *
 * A prediction at x has mean xᵀθ and variance σ²·xᵀΛ⁻¹x. The ridge and the prior are never discounted: forgetting them
 * would wind the covariance up. Matrices are factorised anew each time, so nothing drifts from version to version.
 */
import { factorise, invert, solve } from './cholesky.js';
import { sumEvidence, type Evidence } from './evidence.js';
import { assumeNoise } from './noise.js';
import { priorAlone } from './prior-alone.js';
import { emptyPrior, type Prior } from './prior.js';
import { addRidge, ridgePenalty } from './ridge.js';
import { centre, evidenceMisfit, priorMisfit, type CentredTerms, type PosteriorTerms } from './terms.js';
import { agreeOnTrust, measureTrust } from './trust.js';

export interface Posterior {
  readonly dimension: number;
  /** θ, length d, in the metric's unit. */
  readonly mean: Float64Array;
  /** Λ⁻¹ as the packed lower triangle by rows, length d(d+1)/2; times σ² it is the covariance of θ. */
  readonly covariance: Float64Array;
  /** σ² ≥ 0, in the metric's unit squared. */
  readonly noiseVariance: number;
  /** τ in (0, 1]: the part of its declared weight that the prior has kept. */
  readonly trust: number;
  /** n = Σ w: outcomes it was formed from, forgotten ones counted in part. */
  readonly outcomes: number;
  /** ν₀ + n and ν₀s₀² + Q: denominator and numerator of σ². */
  readonly degrees: number;
  readonly residual: number;
}

export interface PosteriorOptions {
  readonly dimension: number;
  /** λ > 0, in outcomes: the ridge on every coefficient but the bias. */
  readonly precision: number;
  /** λ₀ > 0, in outcomes: the ridge on the bias; λ by default. */
  readonly biasPrecision?: number | undefined;
  readonly prior?: Prior;
  /** In a fixed order (by epoch). */
  readonly evidence: readonly Evidence[];
  /** The scale of the metric's target grid. */
  readonly targetScale: number;
  /** Standard deviation that the metric declares, in its unit. */
  readonly noise?: number | undefined;
  /** l, in the metric's unit; by default the level of the prior. */
  readonly level?: number | undefined;
  /** τ in (0, 1], as the arms agreed on it; measured by this arm's evidence alone if it is left out. */
  readonly trust?: number | undefined;
}

/**
 * Forms the posterior of one arm and metric.
 * @throws RangeError when an option is out of range or Λ is not numerically positive definite
 */
export function formPosterior(options: PosteriorOptions): Posterior {
  return posteriorOfTerms(termsOf(options), options.trust);
}

/**
 * What the evidence of one arm says of its prior, for `agreeOnTrust` of `trust.ts`.
 * @throws RangeError as {@link formPosterior}
 */
export function trustEvidence(options: PosteriorOptions): Float64Array {
  return measureTrust(centre(termsOf(options)));
}

/**
 * Forms a posterior from terms in natural units; the sums need not lie on a grid.
 * @param trust in (0, 1]; measured by these sums alone if it is left out
 * @throws RangeError as {@link formPosterior}
 */
export function posteriorOfTerms(terms: PosteriorTerms, trust?: number): Posterior {
  if (trust !== undefined && !(trust > 0 && trust <= 1)) throw new RangeError(`trust must lie in (0, 1], got ${trust}`);
  const centred = centre(terms);
  const posterior = solveAt(centred, trust ?? agreeOnTrust(measureTrust(centred)));
  posterior.mean[0]! += terms.level;
  return posterior;
}

function termsOf(options: PosteriorOptions): PosteriorTerms {
  const { dimension, precision, biasPrecision = precision, evidence, targetScale } = options;
  const prior = options.prior ?? emptyPrior(dimension);
  const level = options.level ?? prior.level;
  return {
    ridge: { bias: biasPrecision, features: precision },
    prior,
    level,
    noise: assumeNoise(options.noise, level),
    sums: sumEvidence(dimension, evidence, targetScale),
  };
}

/** The posterior of the centred terms at one trust. */
function solveAt(terms: CentredTerms, trust: number): Posterior {
  const { sums, noise, ridge } = terms;
  const factor = factorise(posteriorPrecision(terms, trust), sums.dimension);
  const mean = solve(factor, posteriorMoment(terms, trust));
  const together = evidenceMisfit(terms, mean) + trust * priorMisfit(terms, mean) + ridgePenalty(ridge, mean);
  const alone = terms.prior.rows.length > 0 ? priorAlone(terms, trust, false).misfit : 0;
  const degrees = noise.weight + sums.count;
  const residual = noise.weight * noise.deviation ** 2 + Math.max(0, together - alone);
  return {
    dimension: sums.dimension,
    mean,
    covariance: invert(factor, sums.dimension),
    noiseVariance: degrees > 0 ? residual / degrees : 0,
    trust,
    outcomes: sums.count,
    degrees,
    residual,
  };
}

/** Λ = D + τP + A. */
function posteriorPrecision({ ridge, prior, sums }: CentredTerms, trust: number): Float64Array {
  const matrix = Float64Array.from(sums.gram);
  for (let k = 0; k < matrix.length; k++) matrix[k]! += trust * prior.precision[k]!;
  addRidge(matrix, ridge, sums.dimension);
  return matrix;
}

/** τm' + b', where m' = U·z. */
function posteriorMoment({ prior, rowTargets, sums }: CentredTerms, trust: number): Float64Array {
  const moment = Float64Array.from(sums.moment);
  prior.rows.forEach((row, r) => {
    const scaled = trust * Math.sqrt(row.weight) * rowTargets[r]!;
    for (let i = 0; i < moment.length; i++) moment[i]! += scaled * row.features[i]!;
  });
  return moment;
}
