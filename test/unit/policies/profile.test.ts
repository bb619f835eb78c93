import { describe, expect, it } from 'vitest';

import { paretoFront, profileProbabilities } from '../../../policies/profile.js';

// Large and accurate, a waste (dominated by the first), middling, small, and one that was never measured.
const accuracy = Float64Array.of(0.9, 0.85, 0.8, 0.6, NaN);
const energy = Float64Array.of(100, 120, 30, 2, 1);

describe('the profile policy', () => {
  it('keeps the arms that none beats in accuracy and energy at once', () => {
    expect(Array.from(paretoFront(accuracy, energy))).toEqual([1, 0, 1, 1, 0]);
  });

  it('keeps arms of equal profile together', () => {
    expect(Array.from(paretoFront(Float64Array.of(0.5, 0.5, 0.5), Float64Array.of(1, 1, 2)))).toEqual([1, 1, 0]);
  });

  it.each([
    [Infinity, [1, 0, 0, 0, 0]],
    [100, [1, 0, 0, 0, 0]],
    [99, [0, 0, 1, 0, 0]],
    [10, [0, 0, 0, 1, 0]],
    [1, [0, 0, 0, 1, 0]],
    [0, [0, 0, 0, 1, 0]],
  ])('takes the most accurate arm that %s J allow, or else the least energy', (budget, expected) => {
    expect(Array.from(profileProbabilities(accuracy, energy, budget))).toEqual(expected);
  });

  it('is uniform only when no arm has a profile', () => {
    const silent = Float64Array.of(NaN, NaN);
    expect(Array.from(profileProbabilities(silent, silent, 5))).toEqual([0.5, 0.5]);
  });

  it('leaves out an arm of which only half is known', () => {
    const got = profileProbabilities(Float64Array.of(0.9, 0.5), Float64Array.of(NaN, 3), Infinity);
    expect(Array.from(got)).toEqual([0, 1]);
  });
});
