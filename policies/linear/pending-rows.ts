/**
 * Dense rows whose products have not been added yet. A kernel sums the products of 32 rows in one pass of 16-bit
 * integers; the sums are integers, so putting rows off changes no bit of them.
 */
import { sharedArena } from '../kernel/arena.js';
import { BLOCK_ROWS, LANES, padded } from '../kernel/kernel.js';
import { scratchOf } from '../kernel/scratch.js';

/** Fewer rows than this are added one by one. */
const FEWEST_BLOCKED = 4;

export class PendingRows {
  /** Feature-major: entry (feature i, row r) is at 32·i + r; rows from `count` on are zero. */
  private readonly rows: Int16Array;
  private count = 0;

  constructor(private readonly dimension: number) {
    this.rows = new Int16Array(dimension * BLOCK_ROWS);
  }

  /** Puts a row aside, and adds all to the packed products (units of 2⁻²⁴) when the block is full. */
  add(features: Int16Array, products: Float64Array): void {
    const { rows, count } = this;
    for (let i = 0, at = count; i < features.length; i++, at += BLOCK_ROWS) rows[at] = features[i]!;
    this.count = count + 1;
    if (this.count === BLOCK_ROWS) this.flush(products);
  }

  /** Adds the products of all rows that were put aside. */
  flush(products: Float64Array): void {
    if (this.count === 0) return;
    if (this.count < FEWEST_BLOCKED) this.flushRows(products);
    else this.flushBlock(products);
    this.rows.fill(0);
    this.count = 0;
  }

  private flushRows(products: Float64Array): void {
    const { rows, count, dimension } = this;
    for (let i = 0, k = 0; i < dimension; i++) {
      for (let j = 0; j <= i; j++, k++) {
        let sum = 0;
        for (let r = 0; r < count; r++) sum += rows[i * BLOCK_ROWS + r]! * rows[j * BLOCK_ROWS + r]!;
        products[k]! += sum;
      }
    }
  }

  private flushBlock(products: Float64Array): void {
    const arena = sharedArena();
    const scratch = scratchOf(arena);
    const sums = padded(Math.ceil(products.length / 2));
    scratch.reserve(padded(this.dimension), padded(sums + this.rows.length / 4), LANES);
    scratch.owner = undefined;
    const { shorts, integers } = arena.kernel;
    const out = 2 * scratch.z;
    const rows = 4 * (scratch.z + sums);
    shorts.set(this.rows, rows);
    arena.kernel.products(rows, this.dimension, out);
    for (let k = 0; k < products.length; k++) products[k]! += integers[out + k]!;
  }
}
