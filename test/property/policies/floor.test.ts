import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { affordableMinima, withAffordableFloor } from '../../../policies/exploration/affordable-floor.js';
import { projectOntoMinima, withFloor } from '../../../policies/exploration/floor.js';

const sumTolerance = 1e-12;
const unit = fc.double({ min: 0, max: 1, noNaN: true });

function normalised(weights: readonly number[]): Float64Array {
  const total = weights.reduce((a, b) => a + b, 0);
  return Float64Array.from(weights, (w) => (total > 0 ? w / total : 1 / weights.length));
}

const sum = (values: Float64Array) => values.reduce((a, b) => a + b, 0);
const dot = (a: Float64Array, b: Float64Array) => a.reduce((total, value, i) => total + value * b[i], 0);
/** Distributions, many of them on one arm as an optimistic policy's are. */
const weights = (n: number) =>
  fc.oneof(
    fc.array(unit, { minLength: n, maxLength: n }),
    fc.nat(n - 1).map((k) => Array.from({ length: n }, (_, i) => (i === k ? 1 : 0))),
  );

const anyCase = fc.integer({ min: 1, max: 20 }).chain((n) =>
  fc.record({
    p: weights(n).map(normalised),
    floor: unit,
    // Spend over six orders of magnitude; the allowance anywhere beside it, or nothing at all.
    budgets: fc.array(
      fc.record({
        expectedSpend: fc
          .array(fc.double({ min: -4, max: 2, noNaN: true }), { minLength: n, maxLength: n })
          .map((exponents) => Float64Array.from(exponents, (e) => 10 ** e)),
        allowance: fc.oneof(
          fc.double({ min: -6, max: 2, noNaN: true }).map((e) => 10 ** e),
          fc.constant(0),
        ),
      }),
      { maxLength: 3 },
    ),
  }),
);

describe('the floor', () => {
  it('gives every candidate its share and stays a distribution', () => {
    fc.assert(
      fc.property(anyCase, ({ p, floor }) => {
        const q = withFloor(p, floor);
        expect(Math.abs(sum(q) - 1)).toBeLessThan(sumTolerance);
        q.forEach((value) => expect(value).toBeGreaterThanOrEqual(floor / p.length));
      }),
    );
  });

  it('is the nearest such distribution: what is above the minimum fell by one common amount, nothing else fell', () => {
    fc.assert(
      fc.property(anyCase, ({ p, floor }) => {
        const minimum = floor / p.length;
        const q = withFloor(p, floor);
        const falls = Array.from(p, (value, i) => value - q[i]);
        const common = falls.filter((_, i) => q[i] > minimum + 1e-12);
        const tau = common[0] ?? Math.max(...falls);
        common.forEach((fall) => expect(Math.abs(fall - tau)).toBeLessThan(1e-12));
        falls.forEach((fall) => expect(fall).toBeLessThan(tau + 1e-12));
        expect(tau).toBeGreaterThan(-1e-12);
      }),
    );
  });

  it('leaves a distribution alone that is above the minimum already', () => {
    const p = Float64Array.of(0.2, 0.3, 0.5);
    expect(withFloor(p, 0.5)).toEqual(p);
  });

  it('refuses minima that sum to more than 1, wrong lengths and floors outside [0, 1]', () => {
    expect(() => projectOntoMinima(Float64Array.of(1, 0), Float64Array.of(0.6, 0.6))).toThrow(/at most 1/);
    expect(() => projectOntoMinima(Float64Array.of(1, 0), Float64Array.of(0.6))).toThrow(/length 2/);
    expect(() => projectOntoMinima(Float64Array.of(1, 0.5), Float64Array.of(0, 0))).toThrow(/sum to 1/);
    expect(() => withFloor(Float64Array.of(1, 0), 1.5)).toThrow(/floor/);
    expect(() => withFloor(Float64Array.of(1, 0), NaN)).toThrow(/floor/);
  });
});

describe('the floor under budgets', () => {
  it('is a distribution with minima no higher than the plain floor', () => {
    fc.assert(
      fc.property(anyCase, ({ p, floor, budgets }) => {
        const minima = affordableMinima(p, floor, budgets);
        const q = withAffordableFloor(p, floor, budgets);
        expect(Math.abs(sum(q) - 1)).toBeLessThan(sumTolerance);
        q.forEach((value, i) => expect(value).toBeGreaterThanOrEqual(minima[i]));
        minima.forEach((m) => expect(m >= 0 && m <= floor / p.length).toBe(true));
      }),
    );
  });

  it('adds no more to the expected spend than each budget allows', () => {
    fc.assert(
      fc.property(anyCase, ({ p, floor, budgets }) => {
        const q = withAffordableFloor(p, floor, budgets);
        for (const { expectedSpend, allowance } of budgets) {
          const own = dot(p, expectedSpend);
          expect(dot(q, expectedSpend) - own).toBeLessThanOrEqual(allowance + 1e-9 * (own + allowance));
        }
      }),
    );
  });

  it('explores no less when a budget allows more', () => {
    fc.assert(
      fc.property(anyCase, fc.double({ min: 1, max: 100, noNaN: true }), ({ p, floor, budgets }, factor) => {
        const wider = budgets.map((b) => ({ ...b, allowance: b.allowance * factor }));
        const before = affordableMinima(p, floor, budgets);
        affordableMinima(p, floor, wider).forEach((m, i) => expect(m).toBeGreaterThanOrEqual(before[i] * (1 - 1e-9)));
      }),
    );
  });

  it('never gives the dearer of two candidates the higher minimum', () => {
    fc.assert(
      fc.property(anyCase, ({ p, floor, budgets }) => {
        const [budget] = budgets;
        if (budget === undefined) return;
        const minima = affordableMinima(p, floor, [budget]);
        const order = Array.from(minima.keys()).sort((a, b) => budget.expectedSpend[a] - budget.expectedSpend[b]);
        for (let k = 1; k < order.length; k++) {
          expect(minima[order[k]]).toBeLessThanOrEqual(minima[order[k - 1]] * (1 + 1e-12));
        }
      }),
    );
  });

  it('uses the whole allowance when it has to yield', () => {
    // One dollar more than the policy's own choice, at an allowance of a thousandth: the minimum is a thousandth.
    const minima = affordableMinima(Float64Array.of(1, 0), 0.2, [
      { expectedSpend: Float64Array.of(0, 1), allowance: 0.001 },
    ]);
    expect(minima[0]).toBe(0.1);
    expect(minima[1]).toBeCloseTo(0.001, 12);
  });

  it('is the plain floor without budgets, or with one that allows it', () => {
    const p = Float64Array.of(0, 1, 0);
    expect(affordableMinima(p, 0.3, [])).toEqual(new Float64Array(3).fill(0.3 / 3));
    const ample = { expectedSpend: Float64Array.of(1, 2, 3), allowance: 10 };
    expect(affordableMinima(p, 0.3, [ample])).toEqual(new Float64Array(3).fill(0.3 / 3));
  });

  it('refuses budgets that do not fit the candidates', () => {
    const p = Float64Array.of(0.5, 0.5);
    expect(() => affordableMinima(p, 0.1, [{ expectedSpend: Float64Array.of(1), allowance: 1 }])).toThrow(/length 2/);
    expect(() => affordableMinima(p, 0.1, [{ expectedSpend: Float64Array.of(1, NaN), allowance: 1 }])).toThrow(
      /expectedSpend\[1\]/,
    );
    expect(() => affordableMinima(p, 0.1, [{ expectedSpend: Float64Array.of(1, 1), allowance: NaN }])).toThrow(
      /allowance/,
    );
  });
});
