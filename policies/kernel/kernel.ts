/**
 * The arithmetic of scoring over one block of memory. Two implementations give the same bits: WebAssembly SIMD, and
 * plain TypeScript where that is missing.
 *
 * Addresses are indices into `doubles` unless said otherwise; row and vector lengths are multiples of {@link LANES}.
 */
export interface Kernel {
  readonly name: 'wasm' | 'plain';
  /** All of the memory; another object after {@link grow}. */
  readonly doubles: Float64Array;
  /** The same memory as 32-bit integers. */
  readonly integers: Int32Array;
  /** The same memory as 16-bit integers. */
  readonly shorts: Int16Array;
  /**
   * Makes the memory at least `length` doubles long, keeping what it holds; new memory is zero.
   * @throws RangeError when there is no more
   */
  grow(length: number): void;
  /** vech(x·xᵀ) with the off-diagonal doubled: z[i(i+1)/2 + j] = 2·x_i·x_j for j < i, and x_i² for j = i. */
  expand(x: number, dimension: number, z: number): void;
  /** out[s] = Σ_k rows[s·length + k]·vector[k] for s < count. */
  dots(rows: number, length: number, vector: number, count: number, out: number): void;
  /** out[s] = Σ_t rows[s·length + offsets[t]]·coefficients[t]; `offsets` is an index into `integers`. */
  sparseDots(
    rows: number,
    length: number,
    offsets: number,
    coefficients: number,
    terms: number,
    count: number,
    out: number,
  ): void;
  /**
   * Σ over a block of {@link BLOCK_ROWS} rows of x·xᵀ, packed: out[i(i+1)/2 + j] = Σ_r rows[32·i + r]·rows[32·j + r].
   * @param rows index into `shorts`, a multiple of 8; feature-major, entries in [-4096, 4096]
   * @param out index into `integers`
   */
  products(rows: number, dimension: number, out: number): void;
}

/** Rows whose products are summed at once. Their sums stay below 2²⁹, far within 32 bits. */
export const BLOCK_ROWS = 32;

/** Sums run in eight lanes; rows are padded with zeros to a multiple of it. */
export const LANES = 8;

export function padded(length: number): number {
  return Math.ceil(length / LANES) * LANES;
}
