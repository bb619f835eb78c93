const hyphen = 0x2d;
/** Value of a hexadecimal digit by its character code; 255 for any other character. */
const digitOf = Uint8Array.from({ length: 128 }, (_, code) => {
  const value = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(value) ? 255 : value;
});

/**
 * Bytes of a UUID in its usual form. Every decision reads its id twice: by the table 0.1 µs each, by parseInt 0.9.
 * @param bytes where they are written, length 16; a new array by default
 * @throws RangeError when it has another form
 */
export function uuidBytes(id: string, bytes = new Uint8Array(16)): Uint8Array {
  let digits = 0;
  for (let i = 0; i < id.length && digits <= 32; i++) {
    const code = id.charCodeAt(i);
    if (code === hyphen) continue;
    const value = code < 128 ? digitOf[code] : 255;
    if (value === 255) throw noUuid(id);
    bytes[digits >> 1] = (bytes[digits >> 1] << 4) | value;
    digits++;
  }
  if (digits !== 32) throw noUuid(id);
  return bytes;
}

const noUuid = (id: string): RangeError => new RangeError(`expected a UUID such as 0190f3c2-…, got "${id}"`);

const digits = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
/** Character codes of the latest text. */
const codes = new Array<number>(36).fill(hyphen);

/** In one piece: put together from pairs of digits it would take twice as long, and again when it is looked up by. @param bytes length 16 */
export function uuidText(bytes: Uint8Array): string {
  for (let i = 0, at = 0; i < 16; i++) {
    if (at === 8 || at === 13 || at === 18 || at === 23) at++;
    codes[at++] = digits[bytes[i] >> 4];
    codes[at++] = digits[bytes[i] & 15];
  }
  return String.fromCharCode.apply(null, codes);
}

/** Milliseconds since 1970 that a UUIDv7 carries in its first 48 bits (RFC 9562, section 5.7). */
export function uuidTimeMs(bytes: Uint8Array): number {
  let ms = 0;
  for (let i = 0; i < 6; i++) ms = ms * 256 + bytes[i];
  return ms;
}

/** Whether the version nibble says 7: only such an id tells its time. */
export const isUuidV7 = (bytes: Uint8Array): boolean => bytes[6] >> 4 === 7;
