import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { bestOfGaussians } from '../../../policies/exploration/best-of-gaussians.js';
import { normalCdf } from '../../../policies/exploration/normal.js';
import { referenceCdf, referenceThompson } from './reference-thompson.js';

/** The promise is 1e-6; the quadrature keeps 1e-8, so that a loss of resolution shows long before it matters. */
const tolerance = 1e-8;
const probabilityOfBest = bestOfGaussians(1);

function expectExact(mean: Float64Array, deviation: Float64Array): void {
  const reference = referenceThompson(mean, deviation);
  expect(Math.abs(reference.reduce((a, b) => a + b, 0) - 1)).toBeLessThan(tolerance);
  probabilityOfBest(mean, deviation).forEach((p, i) => expect(Math.abs(p - reference[i])).toBeLessThan(tolerance));
}

const unit = fc.double({ min: 0, max: 1, noNaN: true });
const sizes = [1, 2, 3, 7, 16];

/** Deviations 1 … 1e-6, each mean a few of its own deviations from zero, so that all of them contend. */
const nested = (n: number) =>
  fc.array(fc.tuple(unit, unit), { minLength: n, maxLength: n }).map((rows) => ({
    mean: Float64Array.from(rows, ([m, s]) => (6 * m - 3) * 10 ** (-6 * s)),
    deviation: Float64Array.from(rows, ([, s]) => 10 ** (-6 * s)),
  }));
/** Deviations 1 … 1e-6 around means anywhere in [0, 1], some without any. */
const scattered = (n: number) =>
  fc.array(fc.tuple(unit, unit, fc.integer({ min: 0, max: 3 })), { minLength: n, maxLength: n }).map((rows) => ({
    mean: Float64Array.from(rows, ([m]) => Math.round(m * 20) / 20),
    deviation: Float64Array.from(rows, ([, s, none]) => (none === 0 ? 0 : 10 ** (-6 * s))),
  }));

/** Deviations within a factor of three, means within a few of them: what a router believes most of the time. */
const alike = (n: number) =>
  fc.array(fc.tuple(unit, unit), { minLength: n, maxLength: n }).map((rows) => ({
    mean: Float64Array.from(rows, ([m]) => 4 * m),
    deviation: Float64Array.from(rows, ([, s]) => 0.5 + s),
  }));

describe('the probability of being best', () => {
  it('uses a normal distribution function within 2e-11', () => {
    for (let z = -9; z <= 9; z += 0.00137) expect(Math.abs(normalCdf(z) - referenceCdf(z))).toBeLessThan(2e-11);
    expect([normalCdf(-Infinity), normalCdf(Infinity)]).toEqual([0, 1]);
  });

  it.each([1, 2, 3, 16, 64])('is 1/n for %i equal candidates', (n) => {
    const p = probabilityOfBest(new Float64Array(n).fill(0.7), new Float64Array(n).fill(0.2));
    p.forEach((value) => expect(Math.abs(value - 1 / n)).toBeLessThan(1e-12));
  });

  it.each(sizes)('agrees with a slow integration for %i candidates of nested scales', (n) => {
    fc.assert(
      fc.property(nested(n), ({ mean, deviation }) => expectExact(mean, deviation)),
      { numRuns: n > 8 ? 4 : 20 },
    );
  });

  it.each(sizes)('agrees with a slow integration for %i candidates, some certain', (n) => {
    fc.assert(
      fc.property(scattered(n), ({ mean, deviation }) => expectExact(mean, deviation)),
      { numRuns: n > 8 ? 4 : 20 },
    );
  });

  it.each([...sizes, 64])('agrees with a slow integration for %i candidates of like scales', (n) => {
    fc.assert(
      fc.property(alike(n), ({ mean, deviation }) => expectExact(mean, deviation)),
      { numRuns: n > 8 ? (n > 16 ? 1 : 4) : 20 },
    );
  });

  it('agrees with a slow integration for 64 candidates', () => {
    const deviation = new Float64Array(64).map((_, i) => 10 ** (-6 * (i / 63)));
    expectExact(
      new Float64Array(64).map((_, i) => 2 * Math.sin(i) * deviation[i]),
      deviation,
    );
  });

  describe.each([32, 64])('of %i candidates at once', (n) => {
    /** Deviations six orders of magnitude apart, in an order that is neither rising nor falling. */
    const apart = Float64Array.from({ length: n }, (_, i) => 10 ** (-6 * (((i * 7) % n) / (n - 1))));

    it('is exact for equal means with deviations six orders of magnitude apart', () => {
      expectExact(new Float64Array(n).fill(0.5), apart);
    });

    it('is exact where half have the same mean, and a quarter no deviation', () => {
      const mean = Float64Array.from(apart, (s, i) => (i % 2 === 0 ? 0.5 : 0.5 + 2 * Math.sin(i) * s));
      const deviation = apart.map((s, i) => (i % 4 === 0 ? 0 : s));
      expectExact(mean, deviation);
      const certain = probabilityOfBest(mean, deviation).filter((_, i) => i % 4 === 0);
      // Those that are certain are equal, and none of them is ruled out: the others lie below with a chance of 2^-(3n/4).
      expect(new Set(certain).size).toBe(1);
    });

    it('is exact where several that are certain tie high among the others', () => {
      const mean = Float64Array.from(apart, (s, i) => (i % 8 === 0 ? 0.9 : 0.5 + 3 * Math.cos(i) * s));
      expectExact(
        mean,
        apart.map((s, i) => (i % 8 === 0 ? 0 : Math.min(s, 0.3))),
      );
    });
  });

  it('lets only the best of several certain candidates win', () => {
    expect(Array.from(probabilityOfBest(Float64Array.of(0, 1, 0.5), new Float64Array(3)))).toEqual([0, 1, 0]);
    expect(Array.from(probabilityOfBest(Float64Array.of(1, 1, 0), new Float64Array(3)))).toEqual([0.5, 0.5, 0]);
  });

  it('drops candidates that cannot win without touching the rest', () => {
    const contenders = probabilityOfBest(Float64Array.of(1, 0.9, 0.8), Float64Array.of(0.1, 0.1, 0.1));
    const far = new Float64Array(13);
    const all = probabilityOfBest(
      Float64Array.of(1, 0.9, 0.8, ...far),
      Float64Array.of(0.1, 0.1, 0.1, ...far.fill(0.01)),
    );
    expect(Array.from(all.subarray(0, 3))).toEqual(Array.from(contenders));
    expect(Array.from(all.subarray(3)).every((p) => p === 0)).toBe(true);
  });
});
