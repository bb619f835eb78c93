/**
 * The one source of chance in a decision: a pseudo-random function of the router's secret and the decision's id. The
 * same secret and id give the same draw, so a logged decision can be drawn again, and nobody without the secret can
 * foresee or steer it.
 *
 * The function is SipHash-2-4 (Aumasson & Bernstein 2012, "SipHash: a fast short-input PRF", section 2), on pairs of
 * 32-bit words because a decision is made in microseconds and 64-bit integers of the language are too slow for that.
 */

/** Key of 16 bytes, as four little-endian words. */
export type DrawKey = Uint32Array;

/** @param secret at least 16 bytes, of which the first 16 are the key */
export function drawKey(secret: Uint8Array): DrawKey {
  if (secret.length < 16) throw new RangeError(`a router secret has at least 16 bytes, got ${secret.length}`);
  const words = new Uint32Array(4);
  for (let i = 0; i < 16; i++) words[i >> 2] |= secret[i] << ((i & 3) * 8);
  return words;
}

// v0..v3 as low and high words; module scratch, for a draw allocates nothing.
const v = new Uint32Array(8);

function addInto(a: number, b: number): void {
  const low = v[a] + v[b];
  v[a + 1] = v[a + 1] + v[b + 1] + (low > 0xffffffff ? 1 : 0);
  v[a] = low;
}

function rotateXor(a: number, bits: number, b: number): void {
  const low = v[a];
  const high = v[a + 1];
  v[a] = ((low << bits) | (high >>> (32 - bits))) ^ v[b];
  v[a + 1] = ((high << bits) | (low >>> (32 - bits))) ^ v[b + 1];
}

function swapWords(a: number): void {
  const low = v[a];
  v[a] = v[a + 1];
  v[a + 1] = low;
}

function round(): void {
  addInto(0, 2);
  rotateXor(2, 13, 0);
  swapWords(0);
  addInto(4, 6);
  rotateXor(6, 16, 4);
  addInto(0, 6);
  rotateXor(6, 21, 0);
  addInto(4, 2);
  rotateXor(2, 17, 4);
  swapWords(4);
}

function compress(low: number, high: number): void {
  v[6] ^= low;
  v[7] ^= high;
  round();
  round();
  v[0] ^= low;
  v[1] ^= high;
}

/** SipHash-2-4 of `bytes`, as [low, high] words. */
export function sipHash(key: DrawKey, bytes: Uint8Array): readonly [low: number, high: number] {
  v[0] = key[0] ^ 0x70736575;
  v[1] = key[1] ^ 0x736f6d65;
  v[2] = key[2] ^ 0x6e646f6d;
  v[3] = key[3] ^ 0x646f7261;
  v[4] = key[0] ^ 0x6e657261;
  v[5] = key[1] ^ 0x6c796765;
  v[6] = key[2] ^ 0x79746573;
  v[7] = key[3] ^ 0x74656462;
  const words = bytes.length - (bytes.length % 8);
  for (let i = 0; i < words; i += 8) compress(word(bytes, i, i + 4), word(bytes, i + 4, i + 8));
  compress(word(bytes, words, words + 4), (word(bytes, words + 4, words + 8) | (bytes.length << 24)) >>> 0);
  v[4] ^= 0xff;
  for (let i = 0; i < 4; i++) round();
  return [(v[0] ^ v[2] ^ v[4] ^ v[6]) >>> 0, (v[1] ^ v[3] ^ v[5] ^ v[7]) >>> 0];
}

function word(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to && i < bytes.length; i++) value |= bytes[i] << ((i - from) * 8);
  return value >>> 0;
}

/** A number in [0, 1) with 53 random bits. @param id the decision's UUID, 16 bytes */
export function draw(key: DrawKey, id: Uint8Array): number {
  const [low, high] = sipHash(key, id);
  return ((high >>> 5) * 0x4000000 + (low >>> 6)) / 0x20000000000000;
}
