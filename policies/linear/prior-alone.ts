/**
 * What the prior says of itself at a trust τ. It depends on no outcome, so it is remembered for every τ on the grid.
 *
 * With U = [√w_r·x_r] (d×R), z = [√w_r·y'_r] and K = UᵀU/λ, the prior λI + τUUᵀ has
 *   log|λI + τUUᵀ| = d·log λ + log|I + τK|
 *   min_θ λ‖θ‖² + τ‖z − Uᵀθ‖² = τ·zᵀ(I + τK)⁻¹z
 * by the determinant lemma and Woodbury's identity, so only R×R matrices are factorised.
 */
import { factorise, logDeterminant, solve } from './cholesky.js';
import { dot, packedLength, packedRow } from './packed.js';
import type { Prior } from './prior.js';
import type { CentredTerms } from './terms.js';

export interface PriorAlone {
  /** log|I + τK|. */
  readonly logDeterminant: number;
  /** τ·zᵀ(I + τK)⁻¹z. */
  readonly misfit: number;
}

interface Remembered {
  readonly precision: number;
  readonly level: number;
  readonly gram: Float64Array;
  readonly byTrust: Map<number, PriorAlone>;
}

const remembered = new WeakMap<Prior, Remembered>();

/** What the prior says of itself at any trust; kept for the next posterior if `remember`. */
export function priorAlone(terms: CentredTerms, trust: number, remember: boolean): PriorAlone {
  const memory = recall(terms);
  let known = memory.byTrust.get(trust);
  if (!known) {
    known = compute(memory.gram, terms.rowTargets, trust);
    if (remember) memory.byTrust.set(trust, known);
  }
  return known;
}

function recall({ prior, precision, level }: CentredTerms): Remembered {
  const known = remembered.get(prior);
  if (known && known.precision === precision && known.level === level) return known;
  const fresh = { precision, level, gram: rowGram(prior, precision), byTrust: new Map<number, PriorAlone>() };
  remembered.set(prior, fresh);
  return fresh;
}

/** Packed K = UᵀU/λ, order R. */
function rowGram({ rows }: Prior, precision: number): Float64Array {
  const gram = new Float64Array(packedLength(rows.length));
  rows.forEach((row, r) => {
    for (let s = 0; s <= r; s++) {
      const other = rows[s]!;
      gram[packedRow(r) + s] = (Math.sqrt(row.weight * other.weight) * dot(row.features, other.features)) / precision;
    }
  });
  return gram;
}

function compute(gram: Float64Array, targets: Float64Array, trust: number): PriorAlone {
  const order = targets.length;
  const factor = factorise(onePlus(gram, order, trust), order);
  const residual = solve(factor, targets);
  return {
    logDeterminant: logDeterminant(factor, order),
    misfit: trust * dot(targets, residual),
  };
}

/** I + τ·K, packed. */
export function onePlus(gram: Float64Array, order: number, trust: number): Float64Array {
  const matrix = gram.map((entry) => trust * entry);
  for (let r = 0; r < order; r++) matrix[packedRow(r) + r]! += 1;
  return matrix;
}
