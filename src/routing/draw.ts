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

/** v0 … v3 as low and high words; kept from call to call, for a draw allocates nothing. */
const v = new Int32Array(8);

/** 1 where a sum of two words, of which `b` is one, went beyond 32 bits. */
const carry = (sum: number, b: number): number => (sum >>> 0 < b >>> 0 ? 1 : 0);

/** SipRounds. The words stay in local variables, which is what makes a round cost 5 ns instead of 30. */
function rounds(count: number): void {
  let a = v[0];
  let A = v[1];
  let b = v[2];
  let B = v[3];
  let c = v[4];
  let C = v[5];
  let d = v[6];
  let D = v[7];
  for (let n = 0; n < count; n++) {
    // v0 += v1; v1 = (v1 <<< 13) ^ v0; v0 <<<= 32
    a = (a + b) | 0;
    A = (A + B + carry(a, b)) | 0;
    let low = (b << 13) | (B >>> 19);
    B = ((B << 13) | (b >>> 19)) ^ A;
    b = low ^ a;
    low = a;
    a = A;
    A = low;
    // v2 += v3; v3 = (v3 <<< 16) ^ v2
    c = (c + d) | 0;
    C = (C + D + carry(c, d)) | 0;
    low = (d << 16) | (D >>> 16);
    D = ((D << 16) | (d >>> 16)) ^ C;
    d = low ^ c;
    // v0 += v3; v3 = (v3 <<< 21) ^ v0
    a = (a + d) | 0;
    A = (A + D + carry(a, d)) | 0;
    low = (d << 21) | (D >>> 11);
    D = ((D << 21) | (d >>> 11)) ^ A;
    d = low ^ a;
    // v2 += v1; v1 = (v1 <<< 17) ^ v2; v2 <<<= 32
    c = (c + b) | 0;
    C = (C + B + carry(c, b)) | 0;
    low = (b << 17) | (B >>> 15);
    B = ((B << 17) | (b >>> 15)) ^ C;
    b = low ^ c;
    low = c;
    c = C;
    C = low;
  }
  v[0] = a;
  v[1] = A;
  v[2] = b;
  v[3] = B;
  v[4] = c;
  v[5] = C;
  v[6] = d;
  v[7] = D;
}

function compress(low: number, high: number): void {
  v[6] ^= low;
  v[7] ^= high;
  rounds(2);
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
  rounds(4);
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
