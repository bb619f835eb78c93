import { describe, expect, it } from 'vitest';

import { borrowPrior, emptyPrior, formPrior, profileWeight } from '../../../../policies/linear/prior.js';

const x = (...entries: number[]) => Float64Array.from(entries);

describe('a prior', () => {
  it('sums weighted pseudo-observations', () => {
    const prior = formPrior(2, [
      { features: x(1, 0), value: 0.5, weight: 10, samples: 50 },
      { features: x(1, 1), value: 0.8, weight: 30, samples: 50 },
    ]);
    expect(Array.from(prior.precision)).toEqual([40, 30, 30]);
    expect(prior.weight).toBe(40);
    expect(prior.level).toBeCloseTo(29 / 40, 12);
  });

  it('makes one row of rows that speak of the same context', () => {
    const prior = formPrior(1, [
      { features: x(1), value: 0.25, weight: 1, samples: 50 },
      { features: x(1), value: 0.75, weight: 3, samples: 50 },
    ]);
    expect(prior.rows).toEqual([{ features: x(1), value: 0.625, weight: 4, samples: 100 }]);
  });

  it('counts samples up to a cap, times the trust in each', () => {
    expect(profileWeight(20, { cap: 100, trust: 0.5 })).toBe(10);
    expect(profileWeight(5000, { cap: 100, trust: 0.5 })).toBe(50);
  });

  it('says nothing without rows or weight', () => {
    expect(emptyPrior(3)).toMatchObject({ weight: 0, level: 0, rows: [] });
    expect(formPrior(1, [{ features: x(1), value: 9, weight: 0, samples: 50 }]).rows).toEqual([]);
  });

  it('is borrowed as the weighted mean of the others, at a small weight', () => {
    const a = formPrior(2, [{ features: x(1, 0), value: 0.9, weight: 30, samples: 50 }]);
    const b = formPrior(2, [
      { features: x(1, 0), value: 0.5, weight: 10, samples: 50 },
      { features: x(1, 1), value: 0.3, weight: 1, samples: 50 },
    ]);
    const borrowed = borrowPrior(2, [a, b], 2);
    expect(borrowed.rows.map(({ weight }) => weight)).toEqual([2, 1]);
    expect(borrowed.rows[0]!.value).toBeCloseTo(0.8, 12);
    expect(borrowed.rows[1]!.value).toBeCloseTo(0.3, 12);
  });

  it.each([
    ['features of another length', { features: x(1), value: 0, weight: 1, samples: 50 }],
    ['NaN', { features: x(1, 0), value: NaN, weight: 1, samples: 50 }],
    ['a feature that is not finite', { features: x(1, Infinity), value: 0, weight: 1, samples: 50 }],
    ['a negative weight', { features: x(1, 0), value: 0, weight: -1, samples: 50 }],
    ['no samples', { features: x(1, 0), value: 0, weight: 1, samples: 0 }],
    ['an infinite weight', { features: x(1, 0), value: 0, weight: Infinity, samples: 50 }],
  ])('refuses %s', (_name, row) => {
    expect(() => formPrior(2, [row])).toThrow(RangeError);
  });
});
