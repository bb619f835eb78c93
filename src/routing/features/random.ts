/** A small seeded generator for fitted and projected features: never for decisions, whose draws come from a keyed PRF. */
export interface Random {
  /** An integer in [0, 2³²). */
  next(): number;
  /** A standard normal deviate. */
  normal(): number;
}

/** FNV-1a over UTF-16 code units, then mixed: a 32-bit seed or bucket for a text. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mix32(hash);
}

/** The finaliser of MurmurHash3 (A. Appleby): a bijection of 32 bits in which every input bit moves every output bit. */
export function mix32(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A Weyl sequence through `mix32`; period 2³². Normal deviates by Box and Muller (1958). */
export function createRandom(seed: number): Random {
  let state = mix32(seed);
  const next = () => {
    state = (state + 0x9e3779b9) | 0;
    return mix32(state);
  };
  return {
    next,
    normal() {
      const radius = Math.sqrt(-2 * Math.log((next() + 1) / 2 ** 32));
      return radius * Math.cos((2 * Math.PI * next()) / 2 ** 32);
    },
  };
}
