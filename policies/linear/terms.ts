/** What a posterior is formed from, in natural units and measured from the level that the ridge pulls the bias to. */
import type { Sums } from './evidence.js';
import type { AssumedNoise } from './noise.js';
import { dot, multiplyPacked, packedRow } from './packed.js';
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

/** The same problem with y' = y − l·x₀ and θ' = θ − l·e₀, so that the ridge pulls to 0 and less cancels. */
export interface CentredTerms extends PosteriorTerms {
  /** √w·(value − l·x₀) of each prior row, length R. */
  readonly rowTargets: Float64Array;
}

/** @throws RangeError when a term is out of range or dimensions differ */
export function centre(terms: PosteriorTerms): CentredTerms {
  check(terms);
  const { prior, level, sums } = terms;
  const column = Float64Array.from(sums.moment, (_, i) => sums.gram[packedRow(i)]!);
  return {
    ...terms,
    sums: {
      ...sums,
      moment: sums.moment.map((value, i) => value - level * column[i]!),
      square: Math.max(0, sums.square - 2 * level * sums.moment[0]! + level ** 2 * column[0]!),
    },
    rowTargets: Float64Array.from(prior.rows, (row) => Math.sqrt(row.weight) * (row.value - level * row.features[0]!)),
  };
}

/** Σ w·(y' − xᵀθ')² over the evidence, for θ' of length d. */
export function evidenceMisfit({ sums }: CentredTerms, mean: Float64Array): number {
  const fitted = multiplyPacked(sums.gram, mean);
  return Math.max(0, sums.square - 2 * dot(mean, sums.moment) + dot(mean, fitted));
}

/** Σ w·(y' − xᵀθ')² over the prior rows at their declared weight, for θ' of length d. */
export function priorMisfit({ prior, rowTargets }: CentredTerms, mean: Float64Array): number {
  return prior.rows.reduce(
    (total, row, r) => total + (rowTargets[r]! - Math.sqrt(row.weight) * dot(row.features, mean)) ** 2,
    0,
  );
}

function check({ ridge, prior, level, sums }: PosteriorTerms): void {
  checkRidge(ridge);
  if (!Number.isFinite(level)) throw new RangeError(`the level must be finite, got ${level}`);
  if (prior.dimension !== sums.dimension) {
    throw new RangeError(`the prior must have dimension ${sums.dimension}, got ${prior.dimension}`);
  }
  if (!Number.isFinite(sums.square + sums.count) || !sums.moment.every(Number.isFinite)) {
    throw new RangeError('the sums of the evidence must be finite');
  }
}
