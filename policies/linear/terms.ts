/** What a posterior is formed from, in natural units, and the same measured from where θ is believed to be. */
import type { Sums } from './evidence.js';
import type { AssumedNoise } from './noise.js';
import { dot, multiplyPacked } from './packed.js';
import type { Prior } from './prior.js';
import { checkRidge, type Ridge } from './ridge.js';

export interface PosteriorTerms {
  /** D, about which the coefficients are believed to be 0 or, for the bias, the level. */
  readonly ridge: Ridge;
  readonly prior: Prior;
  /** l: the ridge pulls θ towards l·e₀. */
  readonly level: number;
  readonly noise: AssumedNoise;
  readonly sums: Sums;
}

/** @throws RangeError when a term is out of range or dimensions differ */
export function checkTerms({ ridge, prior, level, sums }: PosteriorTerms): void {
  checkRidge(ridge);
  if (!Number.isFinite(level)) throw new RangeError(`the level must be finite, got ${level}`);
  if (prior.dimension !== sums.dimension) {
    throw new RangeError(`the prior must have dimension ${sums.dimension}, got ${prior.dimension}`);
  }
  if (!Number.isFinite(sums.square + sums.count) || !sums.moment.every(Number.isFinite)) {
    throw new RangeError('the sums of the evidence must be finite');
  }
}

/** The sums of y' = y − xᵀc instead of y, for c of length d: the nearer c is to θ, the less cancels later. */
export function centre(sums: Sums, at: Float64Array): Sums {
  const moment = multiplyPacked(sums.gram, at);
  const square = Math.max(0, sums.square - 2 * dot(at, sums.moment) + dot(at, moment));
  for (let i = 0; i < moment.length; i++) moment[i] = sums.moment[i]! - moment[i]!;
  return { ...sums, moment, square };
}

/** Σ w·(y' − xᵀθ')² over the evidence, for θ' of length d. */
export function evidenceMisfit(sums: Sums, mean: Float64Array): number {
  const fitted = multiplyPacked(sums.gram, mean);
  return Math.max(0, sums.square - 2 * dot(mean, sums.moment) + dot(mean, fitted));
}
