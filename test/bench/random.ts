/** A small seeded generator (mulberry32), so that every run measures the same numbers. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Features on the grid with no zero among them: x[0] = 1, the rest uniform. */
export function denseFeatures(dimension: number, next: () => number): Int16Array {
  return Int16Array.from({ length: dimension }, (_, i) => (i === 0 ? 4096 : 1 + Math.floor(next() * 4096)));
}
