import { describe, expect, it } from 'vitest';

import { featuresFromGrid, quantiseFeatures } from '../../../../policies/linear/grid.js';

describe('the feature grid', () => {
  it('rounds to the nearest multiple of 2⁻¹²', () => {
    const x = Float64Array.of(1, -1, 0, 0.5, 1 / 4096, 0.4 / 4096, -0.6 / 4096);
    expect(Array.from(quantiseFeatures(x))).toEqual([4096, -4096, 0, 2048, 1, 0, -1]);
  });

  it('gives back what lies on it', () => {
    const x = Float64Array.of(1, -0.25, 3 / 4096);
    expect(featuresFromGrid(quantiseFeatures(x))).toEqual(x);
  });

  it.each([NaN, Infinity, -Infinity, 1.0001, -1.0001])('refuses %s and says which entry it was', (value) => {
    expect(() => quantiseFeatures(Float64Array.of(1, value))).toThrow(/feature 1 must lie in \[-1, 1\]/);
  });

  it('takes -0 and denormals as 0', () => {
    expect(Array.from(quantiseFeatures(Float64Array.of(-0, 5e-324)))).toEqual([0, 0]);
  });
});
