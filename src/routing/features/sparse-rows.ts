/** Sparse matrix by rows: row i has values[start[i] … start[i+1]) in columns[start[i] … start[i+1]). */
export interface SparseRows {
  readonly start: Uint32Array;
  readonly columns: Uint16Array;
  readonly values: Float64Array;
  readonly width: number;
}

/**
 * Y = W·B.
 * @param dense  B by rows, shape (W.width, k)
 * @returns by rows, shape (rows of W, k)
 */
export function multiply(matrix: SparseRows, dense: Float64Array, k: number): Float64Array {
  const rows = matrix.start.length - 1;
  const result = new Float64Array(rows * k);
  for (let row = 0; row < rows; row++) {
    for (let at = matrix.start[row]; at < matrix.start[row + 1]; at++) {
      addScaled(result, row * k, matrix.values[at], dense, matrix.columns[at] * k, k);
    }
  }
  return result;
}

/**
 * Z = Wᵀ·Y.
 * @param dense  Y by rows, shape (rows of W, k)
 * @returns by rows, shape (W.width, k)
 */
export function multiplyTransposed(matrix: SparseRows, dense: Float64Array, k: number): Float64Array {
  const rows = matrix.start.length - 1;
  const result = new Float64Array(matrix.width * k);
  for (let row = 0; row < rows; row++) {
    for (let at = matrix.start[row]; at < matrix.start[row + 1]; at++) {
      addScaled(result, matrix.columns[at] * k, matrix.values[at], dense, row * k, k);
    }
  }
  return result;
}

/** to[toAt …] += scale · from[fromAt …], k entries. */
export function addScaled(
  to: Float64Array,
  toAt: number,
  scale: number,
  from: Float64Array,
  fromAt: number,
  k: number,
): void {
  for (let j = 0; j < k; j++) to[toAt + j] += scale * from[fromAt + j];
}
