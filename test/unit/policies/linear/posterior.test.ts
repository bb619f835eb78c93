import { describe, expect, it } from 'vitest';

import { quantiseFeatures } from '../../../../policies/linear/grid.js';
import { formPosterior, type PosteriorOptions } from '../../../../policies/linear/posterior.js';
import { predict } from '../../../../policies/linear/predict.js';
import { formPrior } from '../../../../policies/linear/prior.js';
import { Statistics } from '../../../../policies/linear/statistics.js';
import { quantiseTarget } from '../../../../policies/linear/target.js';

const bias = quantiseFeatures(Float64Array.of(1));

function observed(values: readonly number[], scale = 1): Statistics {
  const statistics = new Statistics(1);
  for (const value of values) statistics.add(bias, quantiseTarget(value, scale));
  return statistics;
}

const believe = (values: readonly number[], options: Partial<PosteriorOptions> = {}) =>
  formPosterior({
    dimension: 1,
    precision: 1,
    evidence: [{ statistics: observed(values, options.targetScale), weight: 1, scale: 1 }],
    targetScale: 1,
    noise: 0.5,
    ...options,
  });

const profile = (value: number, weight: number) =>
  formPrior(1, [{ features: Float64Array.of(1), value, weight, samples: weight }]);

describe('a posterior', () => {
  it('is the ridge estimate of its outcomes', () => {
    const posterior = believe([1, 0, 1]);
    expect(posterior.mean[0]).toBeCloseTo(2 / 4, 12);
    expect(posterior.covariance[0]).toBeCloseTo(1 / 4, 12);
    expect(posterior.outcomes).toBe(3);
  });

  it('is its prior before any outcome, with the ridge pulling to the profiled level', () => {
    const posterior = believe([], { prior: profile(0.8, 9) });
    expect(posterior.mean[0]).toBeCloseTo(0.8, 12);
    expect(posterior.covariance[0]).toBeCloseTo(1 / 10, 12);
    expect(posterior.trust).toBe(1);
    expect(posterior.noiseVariance).toBeCloseTo(0.25, 12);
  });

  it('starts from a declared level where there is no prior', () => {
    expect(believe([], { level: 0.6 }).mean[0]).toBeCloseTo(0.6, 12);
    expect(believe([1], { level: 0.6 }).mean[0]).toBeCloseTo(0.8, 12);
  });

  it('scatters as declared at first and as observed later', () => {
    const values = Array.from({ length: 400 }, (_, n) => (n % 2 ? 0.4 : 0.6));
    expect(Math.sqrt(believe([0.5], { level: 0.5 }).noiseVariance)).toBeCloseTo(0.5 * Math.sqrt(8 / 9), 12);
    expect(Math.sqrt(believe(values, { level: 0.5 }).noiseVariance)).toBeCloseTo(
      Math.sqrt((8 * 0.25 + 400 * 0.01) / 408),
      6,
    );
  });

  it('takes half of the profiled level as the scatter of a metric that declares none', () => {
    const posterior = believe([], { prior: profile(40, 1), targetScale: 128, noise: undefined });
    expect(posterior.noiseVariance).toBeCloseTo(400, 9);
  });

  it('has no scatter while nothing is known, and never NaN', () => {
    expect(believe([], { noise: undefined }).noiseVariance).toBe(0);
    expect(predict(believe([], { noise: undefined }), bias)).toEqual({ mean: 0, deviation: 0 });
    expect(believe([0, 0], { noise: undefined }).noiseVariance).toBe(0);
    expect(believe([0, 0], { noise: undefined, prior: profile(0, 5) })).toMatchObject({ noiseVariance: 0 });
  });

  it('finds a small scatter beside a large mean', () => {
    const values = Array.from({ length: 1000 }, (_, n) => 5e6 + (n % 2 ? 1 : -1));
    const posterior = believe(values, { targetScale: 2 ** 23, noise: 1, prior: profile(5e6, 100) });
    expect(posterior.noiseVariance).toBeCloseTo(1, 1);
    expect(posterior.mean[0]).toBeCloseTo(5e6, 3);
  });

  it('weighs evidence and rescales it', () => {
    const old = { statistics: observed([0.2, 0.2, 0.2, 0.2]), weight: 0.5, scale: 2 };
    const recent = { statistics: observed([0.8, 0.8]), weight: 1, scale: 1 };
    const posterior = believe([], { evidence: [old, recent] });
    expect(posterior.outcomes).toBe(4);
    expect(posterior.mean[0]).toBeCloseTo((0.5 * 4 * 0.4 + 2 * 0.8) / 5, 12);
  });

  it('says which sums were at fault', () => {
    const statistics = observed([1]);
    const evidence = (weight: number, scale: number) => [{ statistics, weight, scale }];
    expect(() => believe([], { evidence: evidence(2, 1) })).toThrow(/weight of evidence must lie in \[0, 1\]/);
    expect(() => believe([], { evidence: evidence(1, 0) })).toThrow(/scale of evidence/);
    expect(() => believe([], { dimension: 2 })).toThrow(/dimension 2, got 1/);
    expect(() => believe([], { precision: 0 })).toThrow(/precision of the ridge/);
    expect(() => believe([], { level: NaN })).toThrow(/level must be finite/);
    expect(() => believe([], { noise: -1 })).toThrow(/noise of a metric/);
    expect(() => believe([], { prior: formPrior(2, []) })).toThrow(/prior must have dimension 1/);
  });
});

describe('a prediction', () => {
  it('is xᵀθ with deviation σ·√(xᵀΛ⁻¹x)', () => {
    const posterior = believe([1, 0, 1]);
    const { mean, deviation } = predict(posterior, quantiseFeatures(Float64Array.of(0.5)));
    expect(mean).toBeCloseTo(0.25, 12);
    expect(deviation).toBeCloseTo(Math.sqrt(posterior.noiseVariance * 0.25 * 0.25), 12);
  });

  it('refuses features of another length', () => {
    expect(() => predict(believe([]), new Int16Array(2))).toThrow(/length 1, got 2/);
  });
});
