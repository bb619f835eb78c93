/**
 * Symmetric matrices of order d, kept as their lower triangle by rows: (0,0), (1,0), (1,1), (2,0), …, length d(d+1)/2.
 */

/** Entries of the packed lower triangle of a matrix of order d: d(d+1)/2. */
export function packedLength(dimension: number): number {
  return (dimension * (dimension + 1)) / 2;
}

/** Where row i begins in the packed lower triangle; entry (i, j ≤ i) is at `packedRow(i) + j`. */
export function packedRow(row: number): number {
  return (row * (row + 1)) / 2;
}

/**
 * A·x.
 * @param matrix packed lower triangle of A, length d(d+1)/2
 * @param vector x, length d
 * @param product where it is written, length d; a new array by default
 */
export function multiplyPacked(
  matrix: Float64Array,
  vector: Float64Array,
  product: Float64Array = new Float64Array(vector.length),
): Float64Array {
  for (let i = 0, k = 0; i < vector.length; i++) {
    const xi = vector[i]!;
    let sum = 0;
    for (let j = 0; j < i; j++, k++) {
      const a = matrix[k]!;
      sum += a * vector[j]!;
      product[j]! += a * xi;
    }
    product[i] = sum + matrix[k++]! * xi;
  }
  return product;
}

/** xᵀ·A·x for a packed A, length d(d+1)/2, and x of length d. */
export function quadraticForm(matrix: Float64Array, vector: Float64Array): number {
  let total = 0;
  for (let i = 0; i < vector.length; i++) {
    const xi = vector[i]!;
    if (xi === 0) continue;
    const row = packedRow(i);
    let sum = 0;
    for (let j = 0; j < i; j++) sum += matrix[row + j]! * vector[j]!;
    total += xi * (2 * sum + matrix[row + i]! * xi);
  }
  return total;
}

/** Adds weight·x·xᵀ to a packed matrix in place. */
export function addOuterProduct(matrix: Float64Array, vector: Float64Array, weight: number): void {
  for (let i = 0; i < vector.length; i++) {
    const scaled = weight * vector[i]!;
    if (scaled === 0) continue;
    const row = packedRow(i);
    for (let j = 0; j <= i; j++) matrix[row + j]! += scaled * vector[j]!;
  }
}

/** aᵀ·b for vectors of one length. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
