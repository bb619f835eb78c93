import { describe, expect, it } from 'vitest';

import { uuidBytes, uuidText, uuidTimeMs } from '../../../src/routing/uuid.js';

const id = '0190f3c2-7b1c-7abc-8def-0123456789ab';

describe('the bytes of a UUID', () => {
  it('are its hexadecimal digits, whatever their case and with or without hyphens', () => {
    const bytes = Uint8Array.of(
      0x01,
      0x90,
      0xf3,
      0xc2,
      0x7b,
      0x1c,
      0x7a,
      0xbc,
      0x8d,
      0xef,
      1,
      0x23,
      0x45,
      0x67,
      0x89,
      0xab,
    );
    expect(uuidBytes(id)).toEqual(bytes);
    expect(uuidBytes(id.toUpperCase())).toEqual(bytes);
    expect(uuidBytes(id.replaceAll('-', ''))).toEqual(bytes);
    expect(uuidText(bytes)).toBe(id);
  });

  it('tell the time of a version 7', () => {
    expect(uuidTimeMs(uuidBytes(id))).toBe(0x0190f3c27b1c);
  });

  it.each([
    ['nothing', ''],
    ['a digit too few', id.slice(0, -1)],
    ['a digit too many', `${id}0`],
    ['another text behind it', `${id}${'f'.repeat(100_000)}`],
    ['a letter that is no digit', id.replace('a', 'g')],
    ['a space', id.replace('-', ' ')],
    ['a digit of another script', id.replace('1', '١')],
  ])('are refused for %s', (_, text) => {
    expect(() => uuidBytes(text)).toThrow(RangeError);
  });
});
