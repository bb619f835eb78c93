import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { factorise, invert } from '../../../../policies/linear/cholesky.js';
import { epochWeight } from '../../../../policies/linear/forgetting.js';
import { addOuterProduct, multiplyPacked, packedLength, packedRow } from '../../../../policies/linear/packed.js';
import { formPosterior, type Posterior } from '../../../../policies/linear/posterior.js';
import { formPrior } from '../../../../policies/linear/prior.js';
import { learnOne, runningCopy } from '../../../../policies/linear/rank-one.js';
import { Statistics } from '../../../../policies/linear/statistics.js';
import { targetFromGrid } from '../../../../policies/linear/target.js';

const entry = fc.integer({ min: -4096, max: 4096 });
const vector = (dimension: number) =>
  fc
    .array(entry, { minLength: dimension, maxLength: dimension })
    .map((entries) => Int16Array.from([4096, ...entries.slice(1)]));
const outcome = (dimension: number) =>
  fc.record({ features: vector(dimension), target: fc.integer({ min: 0, max: 2 ** 40 }), epoch: fc.nat(20) });
const stream = fc.integer({ min: 1, max: 12 }).chain((dimension) =>
  fc.record({
    dimension: fc.constant(dimension),
    outcomes: fc.array(outcome(dimension), { minLength: 1, maxLength: 60 }),
    profile: fc.array(outcome(dimension), { maxLength: 5 }),
  }),
);
type Stream = typeof stream extends fc.Arbitrary<infer T> ? T : never;
type Outcome = Stream['outcomes'][number];

const real = (features: Int16Array) => Float64Array.from(features, (entry) => entry / 4096);
const priorOf = ({ dimension, profile }: Stream) =>
  formPrior(
    dimension,
    profile.map(({ features, target, epoch }) => ({
      features: real(features),
      value: targetFromGrid(target, 1),
      weight: 5,
      samples: 5 + 10 * epoch,
    })),
  );

/** A positive definite matrix of order d: 0.5·I + Σ x·xᵀ. */
const definite = fc.integer({ min: 1, max: 20 }).chain((dimension) =>
  fc.array(vector(dimension), { maxLength: 30 }).map((vectors) => {
    const matrix = new Float64Array(packedLength(dimension));
    for (const x of vectors) addOuterProduct(matrix, real(x), 1);
    for (let i = 0; i < dimension; i++) matrix[packedRow(i) + i]! += 0.5;
    return { dimension, matrix };
  }),
);

const unit = (dimension: number, i: number) => Float64Array.from({ length: dimension }, (_, j) => (i === j ? 1 : 0));
const expectClose = (actual: Float64Array, expected: Float64Array, tolerance: number) =>
  actual.forEach((value, k) => expect(Math.abs(value - expected[k]!)).toBeLessThanOrEqual(tolerance));

describe('the Cholesky factor', () => {
  it('times its transpose is the matrix, and its diagonal is positive', () => {
    fc.assert(
      fc.property(definite, ({ dimension, matrix }) => {
        const factor = factorise(matrix, dimension);
        const product = new Float64Array(matrix.length);
        for (let k = 0; k < dimension; k++) {
          expect(factor[packedRow(k) + k]).toBeGreaterThan(0);
          const column = Float64Array.from({ length: dimension }, (_, i) => (i < k ? 0 : factor[packedRow(i) + k]!));
          addOuterProduct(product, column, 1);
        }
        expectClose(product, matrix, 1e-12 * 30);
      }),
    );
  });

  it('gives the inverse', () => {
    fc.assert(
      fc.property(definite, ({ dimension, matrix }) => {
        const inverse = invert(factorise(matrix, dimension), dimension);
        for (let i = 0; i < dimension; i++) {
          const identity = multiplyPacked(matrix, multiplyPacked(inverse, unit(dimension, i)));
          expectClose(identity, unit(dimension, i), 1e-11);
        }
      }),
    );
  });
});

describe('a posterior', () => {
  const PRESENT = 20;
  /** Each epoch's rows in one set of statistics, epochs in order. */
  const believe = (s: Stream, outcomes: readonly Outcome[]): Posterior => {
    const epochs = new Map<number, Statistics>();
    for (const { features, target, epoch } of outcomes) {
      const statistics = epochs.get(epoch) ?? new Statistics(s.dimension);
      statistics.add(features, target);
      epochs.set(epoch, statistics);
    }
    const evidence = [...epochs].sort(([a], [b]) => a - b);
    return formPosterior({
      dimension: s.dimension,
      precision: 1,
      prior: priorOf(s),
      evidence: evidence.map(([epoch, statistics]) => ({ statistics, weight: epochWeight(epoch, PRESENT), scale: 1 })),
      targetScale: 1,
      noise: 0.35,
    });
  };

  it('is the same to the last bit however late its outcomes come in', () => {
    fc.assert(
      fc.property(stream, fc.infiniteStream(fc.nat()), (s, keys) => {
        const late = s.outcomes.map((row) => ({ row, key: keys.next().value })).sort((a, b) => a.key - b.key);
        expect(
          believe(
            s,
            late.map(({ row }) => row),
          ),
        ).toEqual(believe(s, s.outcomes));
      }),
    );
  });

  it('never has NaN, a negative variance, or trust outside (0, 1]', () => {
    fc.assert(
      fc.property(stream, (s) => {
        const posterior = believe(s, s.outcomes);
        expect(posterior.mean.every(Number.isFinite)).toBe(true);
        expect(posterior.noiseVariance).toBeGreaterThanOrEqual(0);
        expect(posterior.trust).toBeGreaterThan(0);
        expect(posterior.trust).toBeLessThanOrEqual(1);
        for (let i = 0; i < s.dimension; i++) expect(posterior.covariance[packedRow(i) + i]).toBeGreaterThan(0);
      }),
    );
  });

  it('tends to its prior when all evidence is forgotten, and no further', () => {
    fc.assert(
      fc.property(stream, (s) => {
        const forgotten = formPosterior({
          dimension: s.dimension,
          precision: 1,
          prior: priorOf(s),
          evidence: [{ statistics: sumOf(s), weight: epochWeight(0, 800), scale: 1 }],
          targetScale: 1,
          noise: 0.35,
        });
        const [tau, prior] = [forgotten.trust, priorOf(s)];
        const precision = prior.precision.map((entry) => tau * entry);
        for (let i = 0; i < s.dimension; i++) precision[packedRow(i) + i]! += 1;
        expectClose(forgotten.covariance, invert(factorise(precision, s.dimension), s.dimension), 1e-12);
      }),
    );
  });

  it('learns one outcome in place to what it is when formed anew', () => {
    fc.assert(
      fc.property(stream, (s) => {
        const form = (statistics: Statistics) =>
          formPosterior({
            dimension: s.dimension,
            precision: 1,
            evidence: [{ statistics, weight: 1, scale: 1 }],
            targetScale: 1,
            noise: 0.35,
            level: 0.5,
          });
        const running = runningCopy(form(new Statistics(s.dimension)));
        for (const { features, target } of s.outcomes) learnOne(running, real(features), targetFromGrid(target, 1));
        const anew = form(sumOf(s));
        expectClose(running.mean, anew.mean, 1e-10);
        expectClose(running.covariance, anew.covariance, 1e-10);
        expect(running.noiseVariance).toBeCloseTo(anew.noiseVariance, 10);
        expect(running.outcomes).toBe(anew.outcomes);
      }),
    );
  });

  it('leaves a running posterior alone when an outcome cannot be learned', () => {
    const running = runningCopy(believe({ dimension: 2, outcomes: [], profile: [] }, []));
    const before = runningCopy(running);
    const x = Float64Array.of(1, 0);
    expect(() => learnOne(running, x, NaN)).toThrow(RangeError);
    expect(() => learnOne(running, x, 1, 0)).toThrow(RangeError);
    expect(() => learnOne(running, Float64Array.of(1, NaN), 1)).toThrow(RangeError);
    expect(() => learnOne(running, Float64Array.of(1), 1)).toThrow(/length 2, got 1/);
    expect(running).toEqual(before);
  });
});

function sumOf({ dimension, outcomes }: Stream): Statistics {
  const statistics = new Statistics(dimension);
  for (const { features, target } of outcomes) statistics.add(features, target);
  return statistics;
}
