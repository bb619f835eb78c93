/** What every policy must keep, written once as functions of a policy. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Candidates, Policy } from '../../../policies/policy.js';

const sumTolerance = 1e-12;
/** Twice the stated error of the quadrature; other rules are exact. */
const equalityTolerance = 2e-8;

/** Deviations over eighteen orders of magnitude, and none at all. */
const extremeDeviation = fc.oneof(
  fc.double({ min: -12, max: 6, noNaN: true }).map((exponent) => 10 ** exponent),
  fc.constant(0),
);
const ordinaryDeviation = fc.double({ min: 0.01, max: 1, noNaN: true });
/** Means on a coarse grid, so that exact ties are common and a shift by a grid value is exact. */
const gridMean = fc.integer({ min: -64, max: 64 }).map((k) => k / 64);

interface Row {
  readonly mean: number;
  readonly deviation: number;
  readonly accuracy: number;
  readonly energy: number;
}

const rowOf = (mean: fc.Arbitrary<number>, deviation: fc.Arbitrary<number>): fc.Arbitrary<Row> =>
  fc.record({
    mean,
    deviation,
    accuracy: fc.oneof(
      fc.integer({ min: 0, max: 8 }).map((k) => k / 8),
      fc.constant(NaN),
    ),
    energy: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.constant(NaN)),
  });

const ordinary = fc.array(rowOf(gridMean, ordinaryDeviation), { minLength: 1, maxLength: 64 });
const extreme = fc.array(
  rowOf(fc.oneof(gridMean, fc.double({ min: -1e308, max: 1e308, noNaN: true })), extremeDeviation),
  { minLength: 1, maxLength: 64 },
);

function candidates(rows: readonly Row[], names = rows.map((_, i) => `a${i}`)): Candidates {
  const column = (key: keyof Row) => Float64Array.from(rows, (row) => row[key]);
  return {
    arms: names,
    mean: column('mean'),
    deviation: column('deviation'),
    outcomes: 1000,
    profile: { accuracy: column('accuracy'), energy: column('energy') },
    energyBudget: 4,
  };
}

function expectDistribution(probabilities: Float64Array, n: number): void {
  expect(probabilities.length).toBe(n);
  expect(probabilities.every((p) => p >= 0 && p <= 1 + sumTolerance)).toBe(true);
  expect(Math.abs(probabilities.reduce((sum, p) => sum + p, 0) - 1)).toBeLessThan(sumTolerance);
}

function expectEqual(got: Float64Array, expected: ArrayLike<number>): void {
  got.forEach((p, i) => expect(Math.abs(p - expected[i])).toBeLessThan(equalityTolerance));
}

const broken: readonly [string, (c: Candidates) => Candidates][] = [
  ['no arm', () => candidates([])],
  ['a mean of NaN', (c) => ({ ...c, mean: Float64Array.of(0, NaN) })],
  ['an infinite mean', (c) => ({ ...c, mean: Float64Array.of(-Infinity, 0) })],
  ['a deviation of NaN', (c) => ({ ...c, deviation: Float64Array.of(NaN, 1) })],
  ['an infinite deviation', (c) => ({ ...c, deviation: Float64Array.of(1, Infinity) })],
  ['a negative deviation', (c) => ({ ...c, deviation: Float64Array.of(1, -1) })],
  ['too few means', (c) => ({ ...c, mean: Float64Array.of(0) })],
  ['too many deviations', (c) => ({ ...c, deviation: Float64Array.of(0, 0, 0) })],
  ['too short a profile', (c) => ({ ...c, profile: { ...c.profile, energy: Float64Array.of(1) } })],
  ['an infinite profile', (c) => ({ ...c, profile: { ...c.profile, accuracy: Float64Array.of(Infinity, 1) } })],
  ['outcomes of NaN', (c) => ({ ...c, outcomes: NaN })],
  ['a negative number of outcomes', (c) => ({ ...c, outcomes: -1 })],
  ['an energy budget of NaN', (c) => ({ ...c, energyBudget: NaN })],
];

/** @param create  makes a fresh policy, so that nothing one call leaves behind can hide in the next */
export function describePolicy(name: string, create: () => Policy): void {
  describe(`${name} as a policy`, () => {
    it('returns a distribution over the candidates', () => {
      const policy = create();
      fc.assert(
        fc.property(ordinary, (rows) => expectDistribution(policy.probabilities(candidates(rows)), rows.length)),
      );
    });

    it('stays finite when means and deviations are extreme', () => {
      const policy = create();
      fc.assert(
        fc.property(extreme, (rows) => expectDistribution(policy.probabilities(candidates(rows)), rows.length)),
      );
    });

    it('gives the same bits for the same candidates, whatever it computed before', () => {
      const used = create();
      fc.assert(
        fc.property(extreme, ordinary, (other, rows) => {
          const first = create().probabilities(candidates(rows));
          used.probabilities(candidates(other));
          expect(used.probabilities(candidates(rows))).toEqual(first);
        }),
      );
    });

    it('returns an array that a later call leaves alone', () => {
      const policy = create();
      const rows = [1, 2, 3].map((k) => ({ mean: k, deviation: 1, accuracy: 0.5, energy: 1 }));
      const first = policy.probabilities(candidates(rows));
      const copy = first.slice();
      policy.probabilities(candidates([...rows].reverse()));
      expect(first).toEqual(copy);
    });

    it('does not depend on the order of the candidates', () => {
      const policy = create();
      fc.assert(
        fc.property(ordinary, fc.infiniteStream(fc.nat()), (rows, keys) => {
          const order = rows.map((_, i) => i);
          const key = rows.map(() => keys.next().value as number);
          order.sort((a, b) => key[a] - key[b] || a - b);
          const plain = policy.probabilities(candidates(rows));
          const names = order.map((i) => `a${i}`);
          const mixed = policy.probabilities(
            candidates(
              order.map((i) => rows[i]),
              names,
            ),
          );
          expectEqual(
            mixed,
            order.map((i) => plain[i]),
          );
        }),
      );
    });

    it('looks at differences of means only', () => {
      const policy = create();
      fc.assert(
        fc.property(ordinary, gridMean, (rows, shift) => {
          const shifted = rows.map((row) => ({ ...row, mean: row.mean + shift }));
          expectEqual(policy.probabilities(candidates(shifted)), policy.probabilities(candidates(rows)));
        }),
      );
    });

    it.each(broken)('refuses %s', (_, breaking) => {
      const rows = [0, 1].map((mean) => ({ mean, deviation: 1, accuracy: 0.5, energy: 1 }));
      expect(() => create().probabilities(breaking(candidates(rows)))).toThrow(RangeError);
    });
  });
}
