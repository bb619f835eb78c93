import { createRandom, hash32 } from './random.js';

/** Projects a vector of length `from` onto `to` slots, adding to out[offset …]. */
export interface Projection {
  apply(vector: ArrayLike<number>, scale: number, out: Float64Array, offset: number): void;
}

/** Slots that each entry of the vector is added to. More would be closer to a Gaussian projection, and slower. */
const SPREAD = 8;

/**
 * A sparse Johnson–Lindenstrauss projection: y = S·v, where each column of S has `spread` entries ±1/√spread, one in each of
 * `spread` blocks of rows. E‖y‖² = ‖v‖², with a relative deviation of about √(2/to). Kane and Nelson 2014, §1.1 (block form).
 * It needs from·spread numbers where a Gaussian matrix needs from·to, so 65,536 → 1,024 takes 1.5 MB and not 268.
 * @param seed any text; the same seed and sizes give the same projection
 */
export function sparseProjection(seed: string, from: number, to: number): Projection {
  const random = createRandom(hash32(`${seed} ${from} ${to}`));
  const spread = Math.min(SPREAD, to);
  const rows = new Uint16Array(from * spread);
  const signs = new Int8Array(from * spread);
  for (let k = 0; k < rows.length; k++) {
    const block = k % spread;
    const start = Math.floor((block * to) / spread);
    const end = Math.floor(((block + 1) * to) / spread);
    rows[k] = start + (random.next() % (end - start));
    signs[k] = random.next() >>> 31 === 0 ? 1 : -1;
  }
  return {
    apply(vector, scale, out, offset) {
      const unit = scale / Math.sqrt(spread);
      for (let i = 0, k = 0; i < from; i++) {
        const value = vector[i] * unit;
        for (let s = 0; s < spread; s++, k++) out[offset + rows[k]] += signs[k] * value;
      }
    },
  };
}
