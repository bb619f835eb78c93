import { describe, expect, it } from 'vitest';

import { epochOf, epochWeight } from '../../../../policies/linear/forgetting.js';

const DAY = 86_400_000;

describe('epochs', () => {
  it('are an eighth of the half-life long', () => {
    expect(epochOf(0, 8 * DAY)).toBe(0);
    expect(epochOf(DAY - 1, 8 * DAY)).toBe(0);
    expect(epochOf(DAY, 8 * DAY)).toBe(1);
  });

  it('are all one without a half-life', () => {
    expect([epochOf(0), epochOf(1e15)]).toEqual([0, 0]);
  });

  it('count half after a half-life, and in even steps between', () => {
    expect(epochWeight(100, 100)).toBe(1);
    expect(epochWeight(92, 100)).toBe(0.5);
    expect(epochWeight(84, 100)).toBe(0.25);
    for (let age = 0; age < 40; age++) expect(epochWeight(0, age)).toBeCloseTo(2 ** (-age / 8), 15);
  });

  it('count whole when they lie ahead, and nothing when they are ages old', () => {
    expect(epochWeight(101, 100)).toBe(1);
    expect(epochWeight(0, 1e7)).toBe(0);
  });

  it.each([
    [NaN, DAY],
    [Infinity, DAY],
    [0, 0],
    [0, -1],
    [0, NaN],
  ])('refuse time %s with half-life %s', (time, halfLife) => {
    expect(() => epochOf(time, halfLife)).toThrow(RangeError);
  });
});
