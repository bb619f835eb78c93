/**
 * The posterior of a Bayesian linear model y = xᵀθ + ε, ε ~ N(0, σ²), under a normal inverse gamma prior.
 * Bishop, Pattern Recognition and Machine Learning, section 3.3; O'Hagan & Forster, Bayesian Inference, section 11.
 *
 *   precision   Λ = D + τP + A                   D ridge, P prior, A = Σ w·x·xᵀ evidence, τ trust in the prior
 *   mean        θ = c + Λ⁻¹(b − A·c)             c what the prior believes (`prior-mean.ts`), b = Σ w·y·x
 *   noise       σ² = (ν₀s₀² + Q)/(ν₀ + n)         Q = Σ w·(y − xᵀθ)² + (θ − c)ᵀ(D + τP)(θ − c)
 *
 * A prediction at x has mean xᵀθ and variance σ²·xᵀΛ⁻¹x. The ridge and the prior are never discounted: forgetting them
 * would wind the covariance up. Matrices are factorised anew each time, so nothing drifts from version to version.
 */
import { factorise, invert, solve } from './cholesky.js';
import { sumEvidence, type Evidence } from './evidence.js';
import { assumeNoise } from './noise.js';
import { dot } from './packed.js';
import { priorMean } from './prior-mean.js';
import { emptyPrior, type Prior } from './prior.js';
import { addRidge, ridgePenalty } from './ridge.js';
import { centre, checkTerms, evidenceMisfit, type PosteriorTerms } from './terms.js';
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
  const terms = termsOf(options);
  checkTerms(terms);
  return measureTrust(terms);
}

/**
 * Forms a posterior from terms in natural units; the sums need not lie on a grid.
 * @param trust in (0, 1]; measured by these sums alone if it is left out
 * @throws RangeError as {@link formPosterior}
 */
export function posteriorOfTerms(terms: PosteriorTerms, trust?: number): Posterior {
  if (trust !== undefined && !(trust > 0 && trust <= 1)) throw new RangeError(`trust must lie in (0, 1], got ${trust}`);
  checkTerms(terms);
  return solveAt(terms, trust ?? agreeOnTrust(measureTrust(terms)));
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

function solveAt(terms: PosteriorTerms, trust: number): Posterior {
  const { noise } = terms;
  const before = priorMean(terms, trust);
  const sums = centre(terms.sums, before);
  const factor = factorise(posteriorPrecision(terms, trust), sums.dimension);
  const change = solve(factor, sums.moment);
  const mean = before;
  for (let i = 0; i < mean.length; i++) mean[i]! += change[i]!;
  const degrees = noise.weight + sums.count;
  const residual =
    noise.weight * noise.deviation ** 2 + evidenceMisfit(sums, change) + priorPenalty(terms, trust, change);
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
function posteriorPrecision({ ridge, prior, sums }: PosteriorTerms, trust: number): Float64Array {
  const matrix = Float64Array.from(sums.gram);
  for (let k = 0; k < matrix.length; k++) matrix[k]! += trust * prior.precision[k]!;
  addRidge(matrix, ridge, sums.dimension);
  return matrix;
}

/** vᵀ(D + τP)v: what it costs the prior that θ moved by v. */
function priorPenalty({ ridge, prior }: PosteriorTerms, trust: number, change: Float64Array): number {
  const rows = prior.rows.reduce((sum, { features, weight }) => sum + weight * dot(features, change) ** 2, 0);
  return ridgePenalty(ridge, change) + trust * rows;
}
