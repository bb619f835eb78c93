/**
 * What the prior says of itself, at each trust τ that is considered; it depends on no outcome and is remembered.
 *
 * With U = [√w_r·x_r] (d×R), z = [√w_r·y'_r] and K = UᵀU/λ, the prior λI + τUUᵀ has
 *   log|λI + τUUᵀ| = d·log λ + log|I + τK|
 *   min_θ λ‖θ‖² + τ‖z − Uᵀθ‖² = τ·zᵀ(I + τK)⁻¹z
 * by the determinant lemma and Woodbury's identity, so only R×R matrices are factorised.
 */
import { factorise, invert, logDeterminant, solve } from './cholesky.js';
import { dot, packedLength, packedRow } from './packed.js';
import type { Prior } from './prior.js';
import type { CentredTerms } from './terms.js';

export interface PriorAlone {
  /** log|I + τK|. */
  readonly logDeterminant: number;
  /** τ·zᵀ(I + τK)⁻¹z. */
  readonly misfit: number;
  /** ‖z − Uᵀθ₀‖² = ‖(I + τK)⁻¹z‖². */
  readonly rowMisfit: number;
  /** tr((λI + τP)⁻¹·τP) = R − tr((I + τK)⁻¹): how many directions of θ the prior rows fix. */
  readonly freedom: number;
}

interface Remembered {
  readonly precision: number;
  readonly level: number;
  readonly gram: Float64Array;
  readonly byTrust: Map<number, PriorAlone>;
}

const remembered = new WeakMap<Prior, Remembered>();

export function priorAlone(terms: CentredTerms, trust: number): PriorAlone {
  const memory = recall(terms);
  let known = memory.byTrust.get(trust);
  if (!known) {
    known = compute(memory.gram, terms.rowTargets, trust);
    memory.byTrust.set(trust, known);
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
  const inverse = invert(factor, order);
  let freedom = order;
  for (let r = 0; r < order; r++) freedom -= inverse[packedRow(r) + r]!;
  return {
    logDeterminant: logDeterminant(factor, order),
    misfit: trust * dot(targets, residual),
    rowMisfit: dot(residual, residual),
    freedom,
  };
}

/** I + τ·K, packed. */
export function onePlus(gram: Float64Array, order: number, trust: number): Float64Array {
  const matrix = gram.map((entry) => trust * entry);
  for (let r = 0; r < order; r++) matrix[packedRow(r) + r]! += 1;
  return matrix;
}
