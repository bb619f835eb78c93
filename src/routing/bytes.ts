/** Compact bytes: variable-length integers and ASCII, little-endian. Used by tokens, which travel with every answer. */
export class ByteWriter {
  private bytes = new Uint8Array(256);
  private view = new DataView(this.bytes.buffer);
  private length = 0;

  /** Begins anew; what was finished before stays as it is. */
  clear(): void {
    this.length = 0;
  }

  /** Where the bytes are written: the first `size` count, until the next is written. */
  get storage(): Uint8Array<ArrayBuffer> {
    return this.bytes;
  }

  /** Bytes written so far. */
  get size(): number {
    return this.length;
  }

  private reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + more));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  /** Seven bits a byte, lowest first. @param value a whole number in [0, 2⁵³) */
  varint(value: number): void {
    this.reserve(8);
    while (value >= 0x80000000) {
      this.bytes[this.length++] = (value % 128) | 128;
      value = Math.floor(value / 128);
    }
    // What fits 31 bits, as nearly everything does, is cut by shifts.
    for (; value >= 128; value >>>= 7) this.bytes[this.length++] = (value & 127) | 128;
    this.bytes[this.length++] = value;
  }

  float64(value: number): void {
    this.reserve(8);
    this.view.setFloat64(this.length, value, true);
    this.length += 8;
  }

  /** @param count how many of the bytes; all without it */
  raw(bytes: Uint8Array, count = bytes.length): void {
    this.reserve(count);
    // A loop: for some dozen bytes a call out of the language takes longer.
    for (let i = 0; i < count; i++) this.bytes[this.length + i] = bytes[i];
    this.length += count;
  }

  /** @throws RangeError for text outside ASCII */
  ascii(text: string): void {
    this.varint(text.length);
    this.reserve(text.length);
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) throw new RangeError(`expected ASCII, got "${text}"`);
      this.bytes[this.length++] = code;
    }
  }

  finish(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }
}

export class ByteReader {
  private offset = 0;
  private readonly view: DataView;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  private take(count: number): number {
    const start = this.offset;
    if (start + count > this.bytes.length)
      throw new RangeError(`the bytes end at ${this.bytes.length}, before they should`);
    this.offset += count;
    return start;
  }

  byte(): number {
    return this.bytes[this.take(1)];
  }

  varint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (!Number.isSafeInteger(value)) throw new RangeError('a whole number in the bytes is too large');
      if (byte < 128) return value;
    }
  }

  float64(): number {
    return this.view.getFloat64(this.take(8), true);
  }

  raw(count: number): Uint8Array {
    const start = this.take(count);
    return this.bytes.subarray(start, start + count);
  }

  ascii(): string {
    const length = this.varint();
    const start = this.take(length);
    let text = '';
    for (let i = start; i < start + length; i++) text += String.fromCharCode(this.bytes[i]);
    return text;
  }

  /** Bytes read so far. */
  get position(): number {
    return this.offset;
  }

  get atEnd(): boolean {
    return this.offset === this.bytes.length;
  }
}

/**
 * Features on the grid, compactly: a run of zeros is one number, any other entry another, because most entries of a
 * one-hot context are zero. Each code is 0 followed by (run − 1), or the zigzag of the entry, which is never 0.
 */
export function writeFeatures(writer: ByteWriter, features: Int16Array): void {
  writer.varint(features.length);
  for (let i = 0; i < features.length;) {
    let run = 0;
    while (i + run < features.length && features[i + run] === 0) run++;
    if (run > 0) {
      writer.varint(0);
      writer.varint(run - 1);
      i += run;
    } else {
      const value = features[i++];
      writer.varint(value < 0 ? -2 * value - 1 : 2 * value);
    }
  }
}

/** @throws RangeError when the bytes are no features: too long, or off the grid */
export function readFeatures(reader: ByteReader): Int16Array {
  const length = reader.varint();
  if (length > 65536) throw new RangeError(`features have at most 65536 entries, got ${length}`);
  const features = new Int16Array(length);
  for (let i = 0; i < length;) {
    const code = reader.varint();
    if (code === 0) {
      i += reader.varint() + 1;
      if (i > length) throw new RangeError('a run of zeros in the features is too long');
    } else {
      const value = code % 2 === 1 ? -(code + 1) / 2 : code / 2;
      if (Math.abs(value) > 4096) throw new RangeError(`an entry of the features lies off the grid: ${value}`);
      features[i++] = value;
    }
  }
  return features;
}

export function packFeatures(features: Int16Array): Uint8Array {
  const writer = new ByteWriter();
  writeFeatures(writer, features);
  return writer.finish();
}

export function unpackFeatures(bytes: Uint8Array): Int16Array {
  const reader = new ByteReader(bytes);
  const features = readFeatures(reader);
  if (!reader.atEnd) throw new RangeError('there are bytes left behind the features');
  return features;
}
