import { describe, expect, it } from 'vitest';

import { factorise, invert, logDeterminant, solve } from '../../../../policies/linear/cholesky.js';

describe('the Cholesky factorisation', () => {
  // Worked by hand: L = [[2,0,0],[6,1,0],[-8,5,3]], a textbook example.
  const matrix = Float64Array.of(4, 12, 37, -16, -43, 98);

  it('finds the factor of a known matrix', () => {
    expect(Array.from(factorise(matrix, 3))).toEqual([2, 6, 1, -8, 5, 3]);
  });

  it('gives its determinant and solves with it', () => {
    const factor = factorise(matrix, 3);
    expect(logDeterminant(factor, 3)).toBeCloseTo(Math.log(36), 12);
    const solution = solve(factor, Float64Array.of(4 + 24 - 48, 12 + 74 - 129, -16 - 86 + 294));
    expect(Array.from(solution, (entry) => Math.round(entry * 1e9) / 1e9)).toEqual([1, 2, 3]);
  });

  it('inverts λI to I/λ for a λ that is not 1', () => {
    expect(Array.from(invert(factorise(Float64Array.of(4, 0, 4), 2), 2))).toEqual([0.25, 0, 0.25]);
  });

  it.each([
    ['an indefinite matrix', [1, 2, 1], 2],
    ['a singular matrix', [1, 1, 1], 2],
    ['NaN', [NaN], 1],
    ['Infinity', [Infinity], 1],
  ])('throws on %s and adds nothing to make it pass', (_name, entries, dimension) => {
    expect(() => factorise(Float64Array.from(entries), dimension)).toThrow(/not positive definite/);
  });

  it('refuses a matrix of another order', () => {
    expect(() => factorise(Float64Array.of(1, 0, 1), 3)).toThrow(/order 3 has 6 entries, got 3/);
  });
});
