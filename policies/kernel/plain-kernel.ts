/** The twin of `assembly/kernel.ts` in plain TypeScript: the same lanes, added in the same order. */
import { BLOCK_ROWS, type Kernel } from './kernel.js';

export class PlainKernel implements Kernel {
  readonly name = 'plain';
  doubles = new Float64Array(8192);
  integers = new Int32Array(this.doubles.buffer);
  shorts = new Int16Array(this.doubles.buffer);

  grow(length: number): void {
    if (length <= this.doubles.length) return;
    const grown = new Float64Array(length);
    grown.set(this.doubles);
    this.doubles = grown;
    this.integers = new Int32Array(grown.buffer);
    this.shorts = new Int16Array(grown.buffer);
  }

  expand(x: number, dimension: number, z: number): void {
    const m = this.doubles;
    let target = z;
    for (let i = 0; i < dimension; i++) {
      const xi = m[x + i]!;
      const twice = 2 * xi;
      for (let j = 0; j < i; j++) m[target++] = twice * m[x + j]!;
      m[target++] = xi * xi;
    }
  }

  dots(rows: number, length: number, vector: number, count: number, out: number): void {
    for (let s = 0; s < count; s++) this.doubles[out + s] = this.dot(rows + s * length, vector, length);
  }

  sparseDots(
    rows: number,
    length: number,
    offsets: number,
    coefficients: number,
    terms: number,
    count: number,
    out: number,
  ): void {
    const m = this.doubles;
    for (let s = 0; s < count; s++) {
      const row = rows + s * length;
      let sum = 0;
      for (let t = 0; t < terms; t++) sum += m[row + this.integers[offsets + t]!]! * m[coefficients + t]!;
      m[out + s] = sum;
    }
  }

  products(rows: number, dimension: number, out: number): void {
    const m = this.shorts;
    let target = out;
    for (let i = 0; i < dimension; i++) {
      const xi = rows + i * BLOCK_ROWS;
      for (let xj = rows; xj <= xi; xj += BLOCK_ROWS) {
        let sum = 0;
        for (let r = 0; r < BLOCK_ROWS; r++) sum += m[xi + r]! * m[xj + r]!;
        this.integers[target++] = sum;
      }
    }
  }

  private dot(a: number, b: number, length: number): number {
    const m = this.doubles;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    let s4 = 0;
    let s5 = 0;
    let s6 = 0;
    let s7 = 0;
    for (let k = 0; k < length; k += 8) {
      s0 += m[a + k]! * m[b + k]!;
      s1 += m[a + k + 1]! * m[b + k + 1]!;
      s2 += m[a + k + 2]! * m[b + k + 2]!;
      s3 += m[a + k + 3]! * m[b + k + 3]!;
      s4 += m[a + k + 4]! * m[b + k + 4]!;
      s5 += m[a + k + 5]! * m[b + k + 5]!;
      s6 += m[a + k + 6]! * m[b + k + 6]!;
      s7 += m[a + k + 7]! * m[b + k + 7]!;
    }
    return s0 + s2 + (s4 + s6) + (s1 + s3 + (s5 + s7));
  }
}
