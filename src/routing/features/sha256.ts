/**
 * SHA-256 (FIPS 180-4) in plain arithmetic: for names of schemas and artifacts, because this folder has neither node:crypto
 * nor an await, and for the signature of every token, because a short text is hashed here before a call out of the
 * language has begun.
 */

/** Fractional parts of the roots of the first primes, 32 bits each; §4.2.2 and §5.3.3. */
const [initial, constants] = rootsOfPrimes();

/** Bytes of a block; a state is eight words of 32 bits. */
export const blockLength = 64;
export const hashLength = 32;
export type HashState = Int32Array;

/** The state before the first block. */
export const initialState = (): HashState => initial.slice();

/** @returns 64 hexadecimal digits */
export function sha256(bytes: Uint8Array): string {
  const state = initialState();
  hashRest(state, bytes, 0, bytes.length, 0);
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

/** The text as UTF-16 code units, low byte first: unlike UTF-8 it tells lone surrogates apart. */
export function sha256OfText(text: string): string {
  const bytes = new Uint8Array(2 * text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    bytes[2 * i] = unit;
    bytes[2 * i + 1] = unit >>> 8;
  }
  return sha256(bytes);
}

const last = new Uint8Array(blockLength);

/**
 * Carries a state over the rest of a message, padding included (§5.1.1).
 * @param bytes  what is left of the message is bytes[from … to)
 * @param before bytes that the state has taken in already, a multiple of 64
 */
export function hashRest(state: HashState, bytes: Uint8Array, from: number, to: number, before: number): void {
  let at = from;
  for (; at + blockLength <= to; at += blockLength) compress(state, bytes, at);
  let length = 0;
  while (at < to) last[length++] = bytes[at++];
  last[length++] = 0x80;
  if (length > blockLength - 8) {
    while (length < blockLength) last[length++] = 0;
    compress(state, last, 0);
    length = 0;
  }
  while (length < blockLength - 8) last[length++] = 0;
  const total = before + to - from;
  writeWord(last, blockLength - 8, Math.floor(total / 2 ** 29));
  writeWord(last, blockLength - 4, total << 3);
  compress(state, last, 0);
}

/** Writes a word, its highest byte first. */
export function writeWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24;
  bytes[at + 1] = word >>> 16;
  bytes[at + 2] = word >>> 8;
  bytes[at + 3] = word;
}

function rootsOfPrimes(): [Int32Array, Int32Array] {
  const primes: number[] = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((p) => n % p !== 0)) primes.push(n);
  const fraction = (root: number) => Math.floor((root - Math.floor(root)) * 2 ** 32);
  return [
    Int32Array.from(primes.slice(0, 8), (p) => fraction(Math.sqrt(p)) | 0),
    Int32Array.from(primes, (p) => fraction(Math.cbrt(p)) | 0),
  ];
}

const schedule = new Int32Array(64);

/** Takes one block of 64 bytes into the state, §6.2.2. Signed words throughout, for those stay out of the heap. */
export function compress(state: HashState, bytes: Uint8Array, from: number): void {
  const w = schedule;
  for (let t = 0, at = from; t < 16; t++, at += 4) {
    w[t] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
  }
  for (let t = 16; t < 64; t++) {
    const x = w[t - 15];
    const y = w[t - 2];
    const s0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
    const s1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
    w[t] = (w[t - 16] + s0 + w[t - 7] + s1) | 0;
  }
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  let e = state[4];
  let f = state[5];
  let g = state[6];
  let h = state[7];
  for (let t = 0; t < 64; t++) {
    const choice = (e & f) ^ (~e & g);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const t1 = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + choice + constants[t] + w[t]) | 0;
    const t2 = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + majority;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}
