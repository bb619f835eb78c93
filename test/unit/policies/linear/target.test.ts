import { describe, expect, it } from 'vitest';

import { quantiseTarget, targetFromGrid, targetScale, TARGET_UNIT } from '../../../../policies/linear/target.js';

describe('the target grid', () => {
  it.each([
    [0, 1, 1],
    [0, 100, 128],
    [-3, 2, 4],
    [0, 1e7, 2 ** 24],
    [0, 0.3, 0.5],
    [0, 0.25, 0.25],
  ])('covers [%s, %s] with the power of two %s', (minimum, maximum, scale) => {
    expect(targetScale({ minimum, maximum })).toBe(scale);
  });

  it.each([
    [0, 0],
    [1, 0],
    [NaN, 1],
    [0, Infinity],
    [0, 1e300],
  ])('refuses the range [%s, %s]', (minimum, maximum) => {
    expect(() => targetScale({ minimum, maximum })).toThrow(RangeError);
  });

  it('keeps six digits of a ten-thousandth of a cent under a maximum of 100 dollars', () => {
    const scale = targetScale({ minimum: 0, maximum: 100 });
    const cost = 1.234567e-4;
    expect(Math.abs(targetFromGrid(quantiseTarget(cost, scale), scale) / cost - 1)).toBeLessThan(1e-6);
  });

  it('reaches its ends and has one zero', () => {
    expect(quantiseTarget(-128, 128)).toBe(-TARGET_UNIT);
    expect(Object.is(quantiseTarget(-1e-30, 1), 0)).toBe(true);
    expect(Object.is(quantiseTarget(-0, 1), 0)).toBe(true);
  });

  it.each([NaN, Infinity, 1.0000001, -2])('refuses %s at scale 1', (value) => {
    expect(() => quantiseTarget(value, 1)).toThrow(/finite number of size at most 1/);
  });
});
