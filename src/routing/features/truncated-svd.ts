/**
 * The leading right singular vectors of a sparse matrix, by randomised subspace iteration: Halko, Martinsson and Tropp
 * 2011, algorithms 4.4 and 5.1. The passes over tall matrices are our own; the small eigenproblems are ml-matrix's.
 */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

import { createRandom } from './random.js';
import { addScaled, multiply, multiplyTransposed, type SparseRows } from './sparse-rows.js';

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
  let basis = orthonormal(gaussian(matrix.width, k, seed));
  for (let pass = 0; pass < PASSES; pass++) {
    const image = multiply(matrix, basis.entries, basis.columns);
    const entries = multiplyTransposed(matrix, image, basis.columns);
    basis = orthonormal({ rows: matrix.width, columns: basis.columns, entries });
    onPass?.((pass + 1) / PASSES);
  }
  // Once more takes away what rounding left (as in CholeskyQR2; Yamamoto et al. 2015).
  return alignedWithSingularVectors(matrix, orthonormal(basis), rank);
}

/** By rows. */
interface Tall {
  readonly rows: number;
  readonly columns: number;
  readonly entries: Float64Array;
}

function gaussian(rows: number, columns: number, seed: number): Tall {
  const random = createRandom(seed);
  return { rows, columns, entries: Float64Array.from({ length: rows * columns }, () => random.normal()) };
}

/** Directions of less than this share of the largest squared length are dependent on the others. */
const DEPENDENT = 1e-12;

/** An orthonormal basis of the columns, with fewer columns where they are dependent: Y·V·Λ^(−½) with YᵀY = V·Λ·Vᵀ. */
function orthonormal(tall: Tall): Tall {
  const { vectors, values } = eigen(gramOf(tall));
  const kept = values.filter((value) => value > 0 && value > DEPENDENT * values[0]).length;
  const rotation = vectors.subMatrixColumn(Array.from({ length: kept }, (_, j) => j));
  for (let j = 0; j < kept; j++) rotation.mulColumn(j, 1 / Math.sqrt(values[j]));
  return times(tall, rotation);
}

/** Rayleigh–Ritz: (W·Q)ᵀ(W·Q) = V·Λ·Vᵀ, then the singular vectors are Q·V and the singular values √Λ. */
function alignedWithSingularVectors(matrix: SparseRows, basis: Tall, rank: number): TruncatedSvd {
  const image = multiply(matrix, basis.entries, basis.columns);
  const { vectors, values } = eigen(gramOf({ rows: matrix.start.length - 1, columns: basis.columns, entries: image }));
  const kept = values.slice(0, rank).filter((value) => value > 1e-10 * values[0]);
  const aligned = times(basis, vectors.subMatrixColumn(kept.map((_, j) => j)));
  const result = Matrix.from1DArray(aligned.rows, aligned.columns, aligned.entries);
  for (let j = 0; j < kept.length; j++) if (largestEntry(result, j) < 0) result.mulColumn(j, -1);
  return { vectors: result, values: kept.map(Math.sqrt) };
}

/** YᵀY. */
function gramOf({ rows, columns, entries }: Tall): Matrix {
  const gram = new Float64Array(columns * columns);
  for (let row = 0; row < rows; row++) {
    const at = row * columns;
    for (let i = 0; i < columns; i++) addScaled(gram, i * columns, entries[at + i], entries, at, columns);
  }
  return Matrix.from1DArray(columns, columns, gram);
}

function times(tall: Tall, small: Matrix): Tall {
  const { columns } = small;
  const entries = new Float64Array(tall.rows * columns);
  const right = Float64Array.from(small.to1DArray());
  for (let row = 0; row < tall.rows; row++) {
    for (let i = 0; i < tall.columns; i++) {
      addScaled(entries, row * columns, tall.entries[row * tall.columns + i], right, i * columns, columns);
    }
  }
  return { rows: tall.rows, columns, entries };
}

/** Of a symmetric matrix, the largest value first; vectors by columns. */
function eigen(symmetric: Matrix): { vectors: Matrix; values: number[] } {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(symmetric, { assumeSymmetric: true });
  const order = realEigenvalues.map((_, i) => i).sort((a, b) => realEigenvalues[b] - realEigenvalues[a]);
  return { vectors: eigenvectorMatrix.subMatrixColumn(order), values: order.map((i) => realEigenvalues[i]) };
}

function largestEntry(matrix: Matrix, column: number): number {
  return matrix
    .getColumn(column)
    .reduce((largest, value) => (Math.abs(value) > Math.abs(largest) ? value : largest), 0);
}
