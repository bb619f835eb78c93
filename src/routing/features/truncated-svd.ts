/**
 * The leading right singular vectors of a sparse matrix, by randomised subspace iteration: Halko, Martinsson and Tropp
 * 2011, algorithms 4.4 and 5.1. The passes over the sparse matrix are our own; QR and the small eigenproblem are ml-matrix's.
 */
import { EigenvalueDecomposition, Matrix, QrDecomposition } from 'ml-matrix';

import { createRandom } from './random.js';
import { multiply, multiplyTransposed, type SparseRows } from './sparse-rows.js';

/** Directions beyond those asked for, and passes: the last wanted directions converge by (σ_{d+p+1}/σ_d)^(2·passes). */
const OVERSAMPLING = 16;
const PASSES = 6;

export interface TruncatedSvd {
  /** By columns, shape (width, rank), orthonormal; each column's sign makes its largest entry positive. */
  readonly vectors: Matrix;
  /** Singular values, descending. */
  readonly values: number[];
}

/**
 * @param rank  how many vectors are wanted; fewer come back when the matrix has no more independent directions
 * @param onPass  told after each of the passes how much is done, in (0, 1]
 */
export function truncatedSvd(
  matrix: SparseRows,
  rank: number,
  seed: number,
  onPass?: (done: number) => void,
): TruncatedSvd {
  const k = Math.min(rank + OVERSAMPLING, matrix.width, matrix.start.length - 1);
  if (k === 0) return { vectors: Matrix.zeros(matrix.width, 0), values: [] };
  const random = createRandom(seed);
  let basis: Float64Array = Float64Array.from({ length: matrix.width * k }, () => random.normal());
  for (let pass = 0; pass < PASSES; pass++) {
    basis = orthonormal(multiplyTransposed(matrix, multiply(matrix, basis, k), k), k);
    onPass?.((pass + 1) / PASSES);
  }
  return rotate(basis, multiply(matrix, basis, k), k, rank);
}

/** An orthonormal basis of the columns, same shape. */
function orthonormal(dense: Float64Array, k: number): Float64Array {
  const { orthogonalMatrix } = new QrDecomposition(Matrix.from1DArray(dense.length / k, k, dense));
  return Float64Array.from(orthogonalMatrix.to1DArray());
}

/** Rayleigh–Ritz: (W·Q)ᵀ(W·Q) = V·Λ·Vᵀ, then the singular vectors are Q·V and the singular values √Λ. */
function rotate(basis: Float64Array, image: Float64Array, k: number, rank: number): TruncatedSvd {
  const projected = Matrix.from1DArray(image.length / k, k, image);
  const small = new EigenvalueDecomposition(projected.transpose().mmul(projected), { assumeSymmetric: true });
  const order = small.realEigenvalues.map((value, at) => ({ value, at })).sort((a, b) => b.value - a.value);
  const kept = order.slice(0, rank).filter(({ value }) => value > 1e-10 * order[0].value);
  const rotation = small.eigenvectorMatrix.subMatrixColumn(kept.map(({ at }) => at));
  const vectors = Matrix.from1DArray(basis.length / k, k, basis).mmul(rotation);
  for (let j = 0; j < kept.length; j++) if (largestEntry(vectors, j) < 0) vectors.mulColumn(j, -1);
  return { vectors, values: kept.map(({ value }) => Math.sqrt(value)) };
}

function largestEntry(matrix: Matrix, column: number): number {
  return matrix
    .getColumn(column)
    .reduce((largest, value) => (Math.abs(value) > Math.abs(largest) ? value : largest), 0);
}
