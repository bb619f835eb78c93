/**
 * Where the prior puts θ, and how much it spans, at a trust τ. It depends on no outcome, so it is remembered.
 *
 * Profiles are measured over many more requests than they may count for once outcomes come in. So all n_r samples of
 * its rows say where the belief begins, beside the ridge D, and the declared weights w_r only how firmly it stands:
 *
 *   θ₀ = argmin θᵀDθ + Σ n_r·(y'_r − x_rᵀθ)²         y' = value − l·x₀ and θ measured from l·e₀
 *   θ | τ ~ N(μ, σ²Λ₀⁻¹),  Λ₀ = D + τP,  Λ₀·μ = τ·(D + P)·θ₀
 *
 * At τ = 1 the mean is θ₀: a model profiled at .96 over a thousand requests is believed at .96. As τ goes to 0 it tends
 * to 0, the level. With n = w it is the posterior of w pseudo-outcomes a row, (D + τP)⁻¹·τ·Σ w·y'·x.
 *
 * With U = [√w_r·x_r] (d×R) and K = UᵀD⁻¹U, θ₀ = D⁻¹U·a for some a of length R, and
 *   μ = D⁻¹U·a(τ),  a(τ) = τ·(I + τK)⁻¹(I + K)·a,   log|Λ₀| = log|D| + log|I + τK|,
 * so only R×R matrices are factorised, R the number of profiled tasks.
 */
import { factorise, logDeterminant, solve } from './cholesky.js';
import { multiplyPacked, packedLength, packedRow } from './packed.js';
import type { Prior } from './prior.js';
import { ridgeProduct, ridgeSolve, type Ridge } from './ridge.js';

/** What the mean of a prior hangs on. */
export interface PriorTerms {
  readonly prior: Prior;
  readonly ridge: Ridge;
  readonly level: number;
}

export interface PriorAtTrust {
  /** log|I + τK|. */
  readonly logDeterminant: number;
  /** a(τ), length R. */
  readonly coordinates: Float64Array;
}

interface Remembered {
  readonly ridge: Ridge;
  readonly level: number;
  /** Packed K. */
  readonly gram: Float64Array;
  /** (I + K)·a. */
  readonly pull: Float64Array;
  readonly byTrust: Map<number, PriorAtTrust>;
}

const remembered = new WeakMap<Prior, Remembered>();

/** The prior at any trust; kept for the next posterior if `remember`. */
export function priorAt(terms: PriorTerms, trust: number, remember: boolean): PriorAtTrust {
  const memory = recall(terms);
  let known = memory.byTrust.get(trust);
  if (!known) {
    known = compute(memory, trust);
    if (remember) memory.byTrust.set(trust, known);
  }
  return known;
}

/** Packed K = UᵀD⁻¹U, order R. */
export function rowGram(terms: PriorTerms): Float64Array {
  return recall(terms).gram;
}

/** l·e₀ + μ, length d: what θ is believed to be before any outcome. */
export function priorMean(terms: PriorTerms, trust: number): Float64Array {
  const { prior, ridge, level } = terms;
  const mean = new Float64Array(prior.dimension);
  const { coordinates } = prior.rows.length > 0 ? priorAt(terms, trust, false) : { coordinates: mean };
  prior.rows.forEach((row, r) => {
    const scaled = coordinates[r]! * Math.sqrt(row.weight);
    ridgeSolve(ridge, row.features).forEach((entry, i) => (mean[i]! += scaled * entry));
  });
  mean[0]! += level;
  return mean;
}

function recall({ prior, ridge, level }: PriorTerms): Remembered {
  const known = remembered.get(prior);
  if (known && known.ridge.bias === ridge.bias && known.ridge.features === ridge.features && known.level === level)
    return known;
  const gram = formRowGram(prior, ridge);
  const start = firstCoordinates(prior, gram, level);
  const pull = multiplyPacked(gram, start).map((entry, r) => entry + start[r]!);
  const fresh = { ridge, level, gram, pull, byTrust: new Map<number, PriorAtTrust>() };
  remembered.set(prior, fresh);
  return fresh;
}

/** a: with N = diag(√(n/w)) the rows count as their samples, and a = N·(I + NKN)⁻¹·[√n·y']. */
function firstCoordinates({ rows }: Prior, gram: Float64Array, level: number): Float64Array {
  const scale = rows.map(({ samples, weight }) => Math.sqrt(samples / weight));
  const targets = Float64Array.from(rows, (row) => Math.sqrt(row.samples) * (row.value - level * row.features[0]!));
  const scaled = Float64Array.from(gram);
  scale.forEach((a, r) => {
    for (let s = 0; s <= r; s++) scaled[packedRow(r) + s]! *= a * scale[s]!;
  });
  const order = rows.length;
  return solve(factorise(onePlus(scaled, order, 1), order), targets).map((entry, r) => entry * scale[r]!);
}

function formRowGram({ rows }: Prior, ridge: Ridge): Float64Array {
  const gram = new Float64Array(packedLength(rows.length));
  rows.forEach((row, r) => {
    for (let s = 0; s <= r; s++) {
      const other = rows[s]!;
      gram[packedRow(r) + s] = Math.sqrt(row.weight * other.weight) * ridgeProduct(ridge, row.features, other.features);
    }
  });
  return gram;
}

function compute({ gram, pull }: Remembered, trust: number): PriorAtTrust {
  const order = pull.length;
  const factor = factorise(onePlus(gram, order, trust), order);
  return {
    logDeterminant: logDeterminant(factor, order),
    coordinates: solve(factor, pull).map((entry) => trust * entry),
  };
}

/** I + τ·K, packed. */
export function onePlus(gram: Float64Array, order: number, trust: number): Float64Array {
  const matrix = gram.map((entry) => trust * entry);
  for (let r = 0; r < order; r++) matrix[packedRow(r) + r]! += 1;
  return matrix;
}
