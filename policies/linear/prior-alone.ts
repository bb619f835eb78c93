/**
 * What the prior says of itself at a trust τ. It depends on no outcome, so it is remembered for every τ on the grid.
 *
 * With U = [√w_r·x_r] (d×R), z = [√w_r·y'_r] and K = UᵀD⁻¹U, the prior D + τUUᵀ has
 *   log|D + τUUᵀ| = log|D| + log|I + τK|
 *   min_θ θᵀDθ + τ‖z − Uᵀθ‖² = τ·zᵀ(I + τK)⁻¹z
 * by the determinant lemma and Woodbury's identity, so only R×R matrices are factorised.
 */
import { factorise, logDeterminant, solve } from './cholesky.js';
import { dot, packedLength, packedRow } from './packed.js';
import type { Prior } from './prior.js';
import { ridgeProduct, type Ridge } from './ridge.js';
import type { CentredTerms } from './terms.js';

export interface PriorAlone {
  /** log|I + τK|. */
  readonly logDeterminant: number;
  /** τ·zᵀ(I + τK)⁻¹z. */
  readonly misfit: number;
}

interface Remembered {
  readonly ridge: Ridge;
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

function recall({ prior, ridge, level }: CentredTerms): Remembered {
  const known = remembered.get(prior);
  if (known && known.ridge.bias === ridge.bias && known.ridge.features === ridge.features && known.level === level)
    return known;
  const fresh = { ridge, level, gram: rowGram(prior, ridge), byTrust: new Map<number, PriorAlone>() };
  remembered.set(prior, fresh);
  return fresh;
}

/** Packed K = UᵀD⁻¹U, order R. */
function rowGram({ rows }: Prior, ridge: Ridge): Float64Array {
  const gram = new Float64Array(packedLength(rows.length));
  rows.forEach((row, r) => {
    for (let s = 0; s <= r; s++) {
      const other = rows[s]!;
      gram[packedRow(r) + s] = Math.sqrt(row.weight * other.weight) * ridgeProduct(ridge, row.features, other.features);
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
