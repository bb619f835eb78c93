/**
 * A text encoder as it was fitted: an immutable value with a canonical form in bytes, and a hash of those bytes that
 * router declarations name it by.
 *
 * Layout, little endian: "TWTE", u16 version, u16 dimension d, u32 prompts n, u32 terms m, f32 mean and deviation of ln(1 + length);
 * f32 centre[d]; f32 step[d]; u16 bucket[m], ascending; u32 frequency[m]; i16 weight[m·d] by terms.
 */
import { Problem } from '../problem.js';
import { sha256 } from './sha256.js';
import { BUCKETS } from './terms.js';

const MAGIC = 0x45545754;
/** Raised when the same bytes would give other vectors, as when tokens are cut differently. */
const VERSION = 1;
const HEADER = 24;
export const MAX_DIMENSION = 256;

export interface FittedText {
  /** Directions d. */
  readonly dimension: number;
  /** Prompts n that it was fitted on. */
  readonly prompts: number;
  /** Mean and standard deviation of ln(1 + length in UTF-16 code units) over those prompts. */
  readonly length: { readonly mean: number; readonly deviation: number };
  /** Mean of each whitened direction, length d: what is subtracted. */
  readonly centre: Float32Array;
  /** Unit of each direction's weights, length d. */
  readonly step: Float32Array;
  /** Buckets of the terms that are known, ascending, length m. */
  readonly buckets: Uint16Array;
  /** In how many prompts each term occurs, length m. */
  readonly frequencies: Uint32Array;
  /** Whitened projection in units of `step`, shape (m, d). Rounding moves a direction by at most step/2 per unit of tf-idf weight. */
  readonly weights: Int16Array;
}

export class TextEncoderArtifact implements FittedText {
  readonly version = VERSION;
  /** 32 hexadecimal digits: half the SHA-256 of the bytes. */
  readonly hash: string;
  readonly dimension: number;
  readonly prompts: number;
  readonly length: { readonly mean: number; readonly deviation: number };
  readonly centre: Float32Array;
  readonly step: Float32Array;
  readonly buckets: Uint16Array;
  readonly frequencies: Uint32Array;
  readonly weights: Int16Array;

  private constructor(private readonly bytes: Uint8Array) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    checkHeader(view);
    this.dimension = view.getUint16(6, true);
    this.prompts = view.getUint32(8, true);
    this.length = { mean: view.getFloat32(16, true), deviation: view.getFloat32(20, true) };
    const terms = view.getUint32(12, true);
    let at = HEADER;
    const take = <A>(array: A & { length: number }, size: number, read: (at: number) => number): A => {
      for (let i = 0; i < array.length; i++, at += size) (array as unknown as number[])[i] = read(at);
      return array;
    };
    const float = (offset: number) => view.getFloat32(offset, true);
    this.centre = take(new Float32Array(this.dimension), 4, float);
    this.step = take(new Float32Array(this.dimension), 4, float);
    this.buckets = take(new Uint16Array(terms), 2, (offset) => view.getUint16(offset, true));
    this.frequencies = take(new Uint32Array(terms), 4, (offset) => view.getUint32(offset, true));
    this.weights = take(new Int16Array(terms * this.dimension), 2, (offset) => view.getInt16(offset, true));
    checkNumbers(this);
    this.hash = sha256(bytes).slice(0, 32);
  }

  static from(fitted: FittedText): TextEncoderArtifact {
    return new TextEncoderArtifact(write(fitted));
  }

  /** @throws Problem 'invalid-encoder' when the bytes are not an artifact of this version */
  static fromBytes(bytes: Uint8Array): TextEncoderArtifact {
    return new TextEncoderArtifact(bytes.slice());
  }

  toBytes(): Uint8Array {
    return this.bytes.slice();
  }
}

function sizeOf(dimension: number, terms: number): number {
  return HEADER + 8 * dimension + 6 * terms + 2 * terms * dimension;
}

function write(fitted: FittedText): Uint8Array {
  const bytes = new Uint8Array(sizeOf(fitted.dimension, fitted.buckets.length));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint16(4, VERSION, true);
  view.setUint16(6, fitted.dimension, true);
  view.setUint32(8, fitted.prompts, true);
  view.setUint32(12, fitted.buckets.length, true);
  view.setFloat32(16, fitted.length.mean, true);
  view.setFloat32(20, fitted.length.deviation, true);
  let at = HEADER;
  for (const value of [...fitted.centre, ...fitted.step]) view.setFloat32((at += 4) - 4, value, true);
  for (const bucket of fitted.buckets) view.setUint16((at += 2) - 2, bucket, true);
  for (const frequency of fitted.frequencies) view.setUint32((at += 4) - 4, frequency, true);
  for (const weight of fitted.weights) view.setInt16((at += 2) - 2, weight, true);
  return bytes;
}

function refused(detail: string): Problem {
  return new Problem('invalid-encoder', `${detail}; fit it again with "tradewind encoder fit"`);
}

function checkHeader(view: DataView): void {
  if (view.byteLength < HEADER || view.getUint32(0, true) !== MAGIC) {
    throw refused(`a text encoder must begin with "TWTE", these ${view.byteLength} bytes do not`);
  }
  const version = view.getUint16(4, true);
  if (version !== VERSION) throw refused(`a text encoder must have version ${VERSION}, got ${version}`);
  const dimension = view.getUint16(6, true);
  const terms = view.getUint32(12, true);
  if (dimension < 1 || dimension > MAX_DIMENSION || terms < 1 || terms > BUCKETS) {
    throw refused(
      `a text encoder must have 1 to ${MAX_DIMENSION} directions and 1 to ${BUCKETS} terms, got ${dimension} and ${terms}`,
    );
  }
  const size = sizeOf(dimension, terms);
  if (view.byteLength !== size) throw refused(`this text encoder must have ${size} bytes, got ${view.byteLength}`);
}

function checkNumbers({ length, centre, step, buckets, frequencies, prompts }: FittedText): void {
  const finite = [length.mean, ...centre, ...step].every(Number.isFinite);
  if (!finite || !(length.deviation > 0 && length.deviation < Infinity)) {
    throw refused('every number of a text encoder must be finite and its length deviation positive');
  }
  if (buckets.some((bucket, i) => bucket >= BUCKETS || (i > 0 && bucket <= buckets[i - 1]))) {
    throw refused(`the buckets of a text encoder must ascend below ${BUCKETS}`);
  }
  if (frequencies.some((frequency) => frequency < 1 || frequency > prompts)) {
    throw refused(`the frequencies of a text encoder must be from 1 to its ${prompts} prompts`);
  }
}
