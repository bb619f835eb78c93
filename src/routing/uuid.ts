/** Bytes of a UUID in its usual form. @throws RangeError when it has another form */
export function uuidBytes(id: string): Uint8Array {
  const hex = id.replaceAll('-', '');
  if (!/^[0-9a-fA-F]{32}$/.test(hex)) throw new RangeError(`expected a UUID such as 0190f3c2-…, got "${id}"`);
  const bytes = new Uint8Array(16);
  for (let i = 0; i < 16; i++) bytes[i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

const hexOf = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));

/** @param bytes length 16 */
export function uuidText(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < 16; i++) text += (i === 4 || i === 6 || i === 8 || i === 10 ? '-' : '') + hexOf[bytes[i]];
  return text;
}

/** Milliseconds since 1970 that a UUIDv7 carries in its first 48 bits (RFC 9562, section 5.7). */
export function uuidTimeMs(bytes: Uint8Array): number {
  let ms = 0;
  for (let i = 0; i < 6; i++) ms = ms * 256 + bytes[i];
  return ms;
}

/** Whether the version nibble says 7: only such an id tells its time. */
export const isUuidV7 = (bytes: Uint8Array): boolean => bytes[6] >> 4 === 7;
