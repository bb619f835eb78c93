import { describe, expect, it } from 'vitest';

import { numberEncoder } from '../../../../src/routing/features/number.js';

function slots(value: number | undefined, minimum = 0, maximum = 10): number[] {
  const x = new Float64Array(4);
  numberEncoder({ name: 'tokens', type: 'number', minimum, maximum }).encode(value, x, 1);
  expect([x[0], x[3]], 'writes only its own slots').toEqual([0, 0]);
  return [x[1], x[2]];
}

describe('a number feature', () => {
  it('maps its range to [-1, 1]', () => {
    expect([0, 2.5, 5, 10].map((value) => slots(value)[0])).toEqual([-1, -0.5, 0, 1]);
  });
  it('clamps what is beyond', () => {
    expect(slots(-3)).toEqual([-1, 0]);
    expect(slots(1e300)).toEqual([1, 0]);
  });
  it('tells a missing number from the middle of the range', () => {
    expect(slots(undefined)).toEqual([0, 1]);
    expect(slots(5)).toEqual([0, 0]);
  });
  it('takes a range as wide as all numbers, and one of two denormals', () => {
    expect(slots(Number.MAX_VALUE, -Number.MAX_VALUE, Number.MAX_VALUE)).toEqual([1, 0]);
    expect(Math.abs(slots(0, 0, 1e-320)[0])).toBeLessThanOrEqual(1);
  });
  it.each([NaN, Infinity, -Infinity])('refuses %d, naming the field', (value) => {
    expect(() => slots(value)).toThrow(`context.tokens must be a finite number, got ${value}`);
  });
  it('refuses an empty, reversed or endless range', () => {
    for (const [minimum, maximum] of [
      [1, 1],
      [2, 1],
      [0, Infinity],
      [NaN, 1],
    ]) {
      expect(() => slots(0, minimum, maximum)).toThrow('minimum < maximum');
    }
  });
  it('warns of what it clamps', () => {
    const { warning } = numberEncoder({ name: 'tokens', type: 'number', from: 'tokens_in', minimum: 0, maximum: 10 });
    expect(warning?.(11)).toContain('context.tokens_in is 11, outside [0, 10]');
    expect(warning?.(10)).toBeUndefined();
  });
});
