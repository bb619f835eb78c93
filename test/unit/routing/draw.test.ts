import { describe, expect, it } from 'vitest';

import { draw, drawKey, sipHash } from '../../../src/routing/draw.js';
import { uuidBytes } from '../../../src/routing/uuid.js';

/** Key and message of the reference implementation's vectors: 00 01 02 … (Aumasson & Bernstein 2012, appendix A). */
const counting = (length: number) => Uint8Array.from({ length }, (_, i) => i);
const key = drawKey(counting(16));
const hex = ([low, high]: readonly [number, number]) =>
  high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');

describe('the draw', () => {
  it.each([
    [0, '726fdb47dd0e0e31'],
    [1, '74f839c593dc67fd'],
    [7, 'ab0200f58b01d137'],
    [8, '93f5f5799a932462'],
    [15, 'a129ca6149be45e5'],
  ])('gives the published SipHash-2-4 of %i bytes', (length, expected) => {
    expect(hex(sipHash(key, counting(length)))).toBe(expected);
  });

  it('is the same for the same secret and id, and another for another', () => {
    const id = uuidBytes('0190f3c2-7b1c-7abc-8def-0123456789ab');
    const other = uuidBytes('0190f3c2-7b1c-7abc-8def-0123456789ac');
    expect(draw(key, id)).toBe(draw(key, id));
    expect(draw(key, id)).not.toBe(draw(key, other));
    expect(draw(drawKey(counting(17).slice(1)), id)).not.toBe(draw(key, id));
  });

  it('is uniform: 64 bins over 64,000 ids stay within five standard errors', () => {
    const bins = new Array<number>(64).fill(0);
    const id = new Uint8Array(16);
    for (let i = 0; i < 64_000; i++) {
      new DataView(id.buffer).setUint32(12, i);
      bins[Math.floor(draw(key, id) * 64)]++;
    }
    const standardError = Math.sqrt(64_000 * (1 / 64) * (63 / 64));
    for (const count of bins) expect(Math.abs(count - 1000)).toBeLessThan(5 * standardError);
  });

  it('refuses a secret that is too short', () => {
    expect(() => drawKey(new Uint8Array(15))).toThrow(/at least 16 bytes, got 15/);
  });
});
