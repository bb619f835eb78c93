import { describe, expect, it } from 'vitest';

import { sample } from '../../../../policies/exploration/sample.js';

const largestBelowOne = 1 - 2 ** -53;

describe('sample', () => {
  it('returns each index for as much of [0, 1) as its probability', () => {
    const p = Float64Array.of(0.25, 0.5, 0.25);
    const counts = [0, 0, 0];
    for (let k = 0; k < 1000; k++) counts[sample(p, k / 1000)]++;
    expect(counts).toEqual([250, 500, 250]);
  });

  it('never returns an entry of probability zero, at either end', () => {
    const p = Float64Array.of(0, 0.5, 0, 0.5, 0);
    expect(sample(p, 0)).toBe(1);
    expect(sample(p, 0.5)).toBe(3);
    expect(sample(p, largestBelowOne)).toBe(3);
  });

  it('falls back to the last possible entry when rounding leaves the total below u', () => {
    expect(sample(Float64Array.of(0.3, 0.7 - 1e-13, 0), largestBelowOne)).toBe(1);
  });

  it.each([-0.1, 1, NaN, Infinity])('refuses u = %s', (u) => {
    expect(() => sample(Float64Array.of(1), u)).toThrow(/u must be in \[0, 1\)/);
  });

  it('refuses a distribution without a positive entry', () => {
    expect(() => sample(Float64Array.of(0, 0), 0.5)).toThrow(/positive entry/);
  });
});
