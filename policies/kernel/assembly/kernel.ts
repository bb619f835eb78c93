/**
 * The scoring kernel, in AssemblyScript. `../plain-kernel.ts` is its twin: the same sums in the same order, so that both
 * give the same bits. Addresses are indices of float64 entries in the imported memory; lengths are multiples of 8.
 */

function at(index: usize): usize {
  return index << 3;
}

/** vech(x·xᵀ) with the off-diagonal doubled: z[i(i+1)/2 + j] = 2·x_i·x_j for j < i, and x_i² for j = i. */
export function expand(x: usize, dimension: i32, z: usize): void {
  let target = at(z);
  const source = at(x);
  for (let i = 0; i < dimension; i++) {
    const xi = load<f64>(source + ((<usize>i) << 3));
    const twice = f64x2.splat(2 * xi);
    let j = 0;
    for (; j + 1 < i; j += 2) {
      v128.store(target, f64x2.mul(twice, v128.load(source + ((<usize>j) << 3))));
      target += 16;
    }
    if (j < i) {
      store<f64>(target, 2 * xi * load<f64>(source + ((<usize>j) << 3)));
      target += 8;
    }
    store<f64>(target, xi * xi);
    target += 8;
  }
}

function total(a: v128, b: v128, c: v128, d: v128): f64 {
  const sum = f64x2.add(f64x2.add(a, b), f64x2.add(c, d));
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** out[s] = Σ_k rows[s·length + k]·vector[k] for s < count. */
export function dots(rows: usize, length: i32, vector: usize, count: i32, out: usize): void {
  let m = at(rows);
  const bytes = (<usize>length) << 3;
  const v = at(vector);
  for (let s = 0; s < count; s++) {
    let a = f64x2.splat(0);
    let b = f64x2.splat(0);
    let c = f64x2.splat(0);
    let d = f64x2.splat(0);
    for (let k: usize = 0; k < bytes; k += 64) {
      const mk = m + k;
      const vk = v + k;
      a = f64x2.add(a, f64x2.mul(v128.load(mk, 0), v128.load(vk, 0)));
      b = f64x2.add(b, f64x2.mul(v128.load(mk, 16), v128.load(vk, 16)));
      c = f64x2.add(c, f64x2.mul(v128.load(mk, 32), v128.load(vk, 32)));
      d = f64x2.add(d, f64x2.mul(v128.load(mk, 48), v128.load(vk, 48)));
    }
    store<f64>(at(out + s), total(a, b, c, d));
    m += bytes;
  }
}

/**
 * out[s] = Σ_t rows[s·length + offsets[t]]·coefficients[t] for s < count, t < terms.
 * @param offsets index of int32 entries in the memory
 */
export function sparseDots(
  rows: usize,
  length: i32,
  offsets: usize,
  coefficients: usize,
  terms: i32,
  count: i32,
  out: usize,
): void {
  let m = at(rows);
  const bytes = (<usize>length) << 3;
  const o = offsets << 2;
  const c = at(coefficients);
  for (let s = 0; s < count; s++) {
    let sum: f64 = 0;
    for (let t = 0; t < terms; t++) {
      const entry = load<f64>(m + at(load<u32>(o + ((<usize>t) << 2))));
      sum += entry * load<f64>(c + at(t));
    }
    store<f64>(at(out + s), sum);
    m += bytes;
  }
}

/**
 * Σ over 32 rows of x·xᵀ, exactly: out[i(i+1)/2 + j] = Σ_r rows[32·i + r]·rows[32·j + r].
 * Entries are at most 2¹² in size, so a sum is at most 2²⁹.
 * @param rows index of int16 entries in the memory, a multiple of 8
 * @param out index of int32 entries in the memory
 */
export function products(rows: usize, dimension: i32, out: usize): void {
  const start = rows << 1;
  let target = out << 2;
  for (let i = 0; i < dimension; i++) {
    const xi = start + ((<usize>i) << 6);
    const a = v128.load(xi, 0);
    const b = v128.load(xi, 16);
    const c = v128.load(xi, 32);
    const d = v128.load(xi, 48);
    for (let xj = start; xj <= xi; xj += 64) {
      const ab = i32x4.add(i32x4.dot_i16x8_s(a, v128.load(xj, 0)), i32x4.dot_i16x8_s(b, v128.load(xj, 16)));
      const cd = i32x4.add(i32x4.dot_i16x8_s(c, v128.load(xj, 32)), i32x4.dot_i16x8_s(d, v128.load(xj, 48)));
      let sum = i32x4.add(ab, cd);
      sum = i32x4.add(sum, i32x4.shuffle(sum, sum, 2, 3, 0, 1));
      store<i32>(target, i32x4.extract_lane(sum, 0) + i32x4.extract_lane(sum, 1));
      target += 4;
    }
  }
}
