import { describe, expect, it } from 'vitest';

import { quantise } from '../../../../src/routing/features/grid.js';

describe('the feature grid', () => {
  it('rounds to the nearest multiple of 2⁻¹²', () => {
    expect(Array.from(quantise(Float64Array.of(1, -1, 0.5, 1 / 8192, 0.49 / 4096)))).toEqual([4096, -4096, 2048, 1, 0]);
  });
  it('knows no negative zero and no denormal', () => {
    for (const entry of quantise(Float64Array.of(-0, 5e-324, -5e-324))) expect(Object.is(entry, 0)).toBe(true);
  });
  it('forgives the rounding of a unit length', () => expect(quantise(Float64Array.of(1 + 1e-12))[0]).toBe(4096));
  it.each([1.001, -2, NaN, Infinity, -Infinity])('refuses %d', (value) => {
    expect(() => quantise(Float64Array.of(0, value))).toThrow(RangeError);
  });
});
