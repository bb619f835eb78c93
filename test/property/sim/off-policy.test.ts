import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { effectiveSampleSize } from '../../../sim/off-policy/effective-sample-size.js';
import { directMethod } from '../../../sim/off-policy/estimators/direct-method.js';
import { estimators } from '../../../sim/off-policy/estimators/registry.js';
import { snips } from '../../../sim/off-policy/estimators/snips.js';
import { valueOf, type Sample } from '../../../sim/off-policy/estimators/terms.js';
import { shrunk, subgaussian } from '../../../sim/off-policy/estimators/weights.js';
import { ConfidenceSequence } from '../../../sim/off-policy/intervals/confidence-sequence.js';
import { correctedInterval } from '../../../sim/off-policy/intervals/corrected.js';
import { normalInterval } from '../../../sim/off-policy/intervals/normal.js';
import { normalQuantile } from '../../../sim/off-policy/intervals/normal-quantile.js';
import { normalCdf } from '../../../policies/exploration/normal.js';

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });

/** Rounds with some weight among them. */
const samples: fc.Arbitrary<Sample> = fc
  .array(fc.tuple(number(0.01, 50), number(0, 1), number(0, 1), number(0, 1)), { minLength: 2, maxLength: 60 })
  .map((rows) => {
    const column = (k: 0 | 1 | 2 | 3) => Float64Array.from(rows, (row) => row[k]);
    return { weights: column(0), rewards: column(1), predicted: column(2), direct: column(3) };
  });

describe('estimators', () => {
  it('agree with the mean outcome when the target is the policy that was logged', () => {
    fc.assert(
      fc.property(samples, (sample) => {
        const own = { ...sample, weights: sample.weights.map(() => 1), direct: sample.predicted };
        const mean = sample.rewards.reduce((sum, r) => sum + r, 0) / sample.rewards.length;
        for (const name of ['ips', 'snips', 'dr', 'sndr', 'clipped-ips', 'switch-dr'] as const)
          expect(valueOf(estimators[name](own))).toBeCloseTo(mean, 9);
      }),
    );
  });

  it('are what the model says where the model is never wrong', () => {
    fc.assert(
      fc.property(samples, (sample) => {
        const right = { ...sample, predicted: sample.rewards };
        const direct = valueOf(directMethod(right));
        for (const name of ['dr', 'dros', 'sndr', 'switch-dr', 'sg-dr'] as const)
          expect(valueOf(estimators[name](right))).toBeCloseTo(direct, 9);
      }),
    );
  });

  it('self-normalised, stay in the range of the outcomes and follow a shift of all of them', () => {
    fc.assert(
      fc.property(samples, number(-5, 5), (sample, shift) => {
        const value = valueOf(snips(sample));
        expect(value).toBeGreaterThanOrEqual(Math.min(...sample.rewards) - 1e-9);
        expect(value).toBeLessThanOrEqual(Math.max(...sample.rewards) + 1e-9);
        const shifted = { ...sample, rewards: sample.rewards.map((r) => r + shift) };
        expect(valueOf(snips(shifted))).toBeCloseTo(value + shift, 8);
      }),
    );
  });
});

describe('weights', () => {
  it('are worth at most as many rounds as there are, and fewer the more they differ', () => {
    fc.assert(
      fc.property(samples, ({ weights }) => {
        const size = effectiveSampleSize(weights);
        expect(size).toBeGreaterThanOrEqual(1 - 1e-9);
        expect(size).toBeLessThanOrEqual(weights.length + 1e-9);
        expect(effectiveSampleSize(weights.map(() => 3))).toBeCloseTo(weights.length, 6);
      }),
    );
  });

  it('only shrink under shrinkage, and stay below 1/λ under the subgaussian transform', () => {
    fc.assert(
      fc.property(samples, number(0.01, 100), number(0.01, 1), ({ weights }, strong, lambda) => {
        shrunk(weights, strong).forEach((w, i) => expect(w).toBeLessThanOrEqual(weights[i]!));
        subgaussian(weights, lambda).forEach((w) => expect(w).toBeLessThanOrEqual(1 / lambda + 1e-9));
      }),
    );
  });
});

describe('intervals', () => {
  it('hold their estimate, and mirror with the outcomes', () => {
    fc.assert(
      fc.property(samples, (sample) => {
        const terms = estimators.ips(sample);
        const value = valueOf(terms);
        const [plain, corrected] = [normalInterval(terms, 0.95), correctedInterval(terms, 0.95)];
        expect(plain.low).toBeLessThanOrEqual(value);
        expect(plain.high).toBeGreaterThanOrEqual(value);
        const mirrored = correctedInterval({ numerator: terms.numerator.map((x) => -x) }, 0.95);
        expect(mirrored.low).toBeCloseTo(-corrected.high, 9);
        expect(mirrored.high).toBeCloseTo(-corrected.low, 9);
      }),
    );
  });

  it('for any time never leave the declared range, and mirror with the outcomes', () => {
    fc.assert(
      fc.property(samples, ({ weights, rewards }) => {
        const sequence = new ConfidenceSequence({ minimum: 0, maximum: 1 });
        const mirrored = new ConfidenceSequence({ minimum: 0, maximum: 1 });
        weights.forEach((w, i) => {
          sequence.add(w, rewards[i]!);
          mirrored.add(w, 1 - rewards[i]!);
        });
        const [a, b] = [sequence.interval(0.95), mirrored.interval(0.95)];
        expect(a.low).toBeGreaterThanOrEqual(0);
        expect(a.high).toBeLessThanOrEqual(1);
        expect(b.high).toBeCloseTo(1 - a.low, 9);
      }),
    );
  });

  it('use a quantile that inverts the normal distribution', () => {
    fc.assert(
      fc.property(number(0.001, 0.999), (p) => {
        expect(normalCdf(normalQuantile(p))).toBeCloseTo(p, 9);
      }),
    );
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 8);
  });
});
