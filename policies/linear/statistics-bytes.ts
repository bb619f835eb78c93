/**
 * The canonical bytes of statistics, little-endian.
 *
 *   version (1) · dimension · count · gram · momentHigh · momentLow · squareLimbs
 *
 * Dimension and count are unsigned variable-length integers of seven bits a byte. The sums follow as one stream: a zero
 * byte and a length stand for a run of zeros, anything else is a signed integer whose first byte holds the continuation
 * bit, the sign and six bits. One-hot features leave most of a gram at zero, so most of it costs nothing. Every integer
 * takes the fewest bytes and every run is as long as it can be; other spellings are refused, so that equal sums have
 * one byte string.
 */
import { packedLength } from './packed.js';
import type { Statistics } from './statistics.js';

const VERSION = 1;
/** A sign and 2⁵³ need 6 + 7·7 bits. */
const LONGEST_INTEGER = 8;
/** Beyond this a packed matrix would not fit in memory; it keeps hostile bytes from asking for it. */
const MAXIMUM_DIMENSION = 4096;

/** The sums in the order of the stream. */
function sums(statistics: Statistics): readonly Float64Array[] {
  return [statistics.gram, statistics.momentHigh, statistics.momentLow, statistics.squareLimbs];
}

export function encodeStatistics(statistics: Statistics): Uint8Array {
  const numbers = packedLength(statistics.dimension) + 2 * statistics.dimension + 3;
  const writer = new Writer(16 + numbers * LONGEST_INTEGER);
  writer.byte(VERSION);
  writer.unsigned(statistics.dimension);
  writer.unsigned(statistics.count);
  for (const part of sums(statistics)) for (let i = 0; i < part.length; i++) writer.sum(part[i]!);
  return writer.finish();
}

/** @throws RangeError when the bytes are not canonical */
export function decodeStatistics(bytes: Uint8Array, create: (dimension: number) => Statistics): Statistics {
  const reader = new Reader(bytes);
  const version = reader.byte();
  if (version !== VERSION) throw new RangeError(`statistics of byte version ${VERSION} expected, got ${version}`);
  const dimension = reader.unsigned();
  if (dimension > MAXIMUM_DIMENSION)
    throw new RangeError(`statistics have at most ${MAXIMUM_DIMENSION} features, got ${dimension}`);
  const statistics = create(dimension);
  statistics.count = reader.unsigned();
  for (const part of sums(statistics)) for (let i = 0; i < part.length; i++) part[i] = reader.sum();
  reader.end();
  return statistics;
}

class Writer {
  private readonly bytes: Uint8Array;
  private length = 0;
  private zeros = 0;

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
  }

  byte(value: number): void {
    this.bytes[this.length++] = value;
  }

  unsigned(value: number): void {
    let rest = value;
    while (rest >= 2 ** 31) {
      const quotient = Math.floor(rest / 128);
      this.byte(128 + (rest - quotient * 128));
      rest = quotient;
    }
    // What fits in 32 bits is taken apart by integer instructions.
    let bits = rest | 0;
    while (bits >= 128) {
      this.byte(128 | (bits & 127));
      bits >>= 7;
    }
    this.byte(bits);
  }

  sum(value: number): void {
    if (value === 0) {
      this.zeros++;
      return;
    }
    this.flushZeros();
    const size = Math.abs(value);
    const rest = Math.floor(size / 64);
    this.byte((rest > 0 ? 128 : 0) + (value < 0 ? 64 : 0) + (size - rest * 64));
    if (rest > 0) this.unsigned(rest);
  }

  finish(): Uint8Array {
    this.flushZeros();
    return this.bytes.slice(0, this.length);
  }

  private flushZeros(): void {
    if (this.zeros === 0) return;
    this.byte(0);
    this.unsigned(this.zeros);
    this.zeros = 0;
  }
}

class Reader {
  private position = 0;
  private zeros = 0;
  private afterZeros = false;

  constructor(private readonly bytes: Uint8Array) {}

  byte(): number {
    if (this.position >= this.bytes.length) throw malformed('they end early');
    return this.bytes[this.position++]!;
  }

  unsigned(): number {
    let value = 0;
    for (let unit = 1, length = 1; ; unit *= 128, length++) {
      const byte = this.byte();
      value += (byte & 127) * unit;
      if (!Number.isSafeInteger(value) || length > LONGEST_INTEGER) throw malformed('an integer is too long');
      if (byte < 128) {
        if (byte === 0 && length > 1) throw malformed('an integer is not in its shortest form');
        return value;
      }
    }
  }

  sum(): number {
    if (this.zeros > 0) {
      this.zeros--;
      return 0;
    }
    const head = this.byte();
    if (head === 0) return this.beginZeros();
    this.afterZeros = false;
    const low = head % 64;
    const rest = head < 128 ? 0 : this.unsigned();
    if (head >= 128 && rest === 0) throw malformed('an integer is not in its shortest form');
    const size = rest * 64 + low;
    if (size === 0 || size > 2 ** 53) throw malformed('an integer is out of range');
    return head % 128 >= 64 ? -size : size;
  }

  end(): void {
    if (this.zeros > 0) throw malformed('a run of zeros is too long');
    if (this.position !== this.bytes.length)
      throw malformed(`${this.bytes.length - this.position} bytes are left over`);
  }

  private beginZeros(): number {
    const run = this.unsigned();
    if (run === 0 || this.afterZeros) throw malformed('a run of zeros is not in its shortest form');
    this.afterZeros = true;
    this.zeros = run - 1;
    return 0;
  }
}

function malformed(reason: string): RangeError {
  return new RangeError(`these are not the bytes of statistics: ${reason}`);
}
