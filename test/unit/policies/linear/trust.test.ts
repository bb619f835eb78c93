import { describe, expect, it } from 'vitest';

import { factorise, logDeterminant, solve } from '../../../../policies/linear/cholesky.js';
import type { Sums } from '../../../../policies/linear/evidence.js';
import { addOuterProduct, dot, multiplyPacked, packedLength, packedRow } from '../../../../policies/linear/packed.js';
import { posteriorOfTerms } from '../../../../policies/linear/posterior.js';
import { priorMean } from '../../../../policies/linear/prior-mean.js';
import { formPrior, type PseudoObservation } from '../../../../policies/linear/prior.js';
import type { PosteriorTerms } from '../../../../policies/linear/terms.js';
import { agreeOnTrust, logLikelihood, measureTrust, TRUSTS } from '../../../../policies/linear/trust.js';

const chooseTrust = (terms: PosteriorTerms) => agreeOnTrust(measureTrust(terms));

/** Three tasks, a bias and a slot for each. */
const features = (task: number) => Float64Array.from({ length: 4 }, (_, i) => (i === 0 || i === task + 1 ? 1 : 0));

function sumsOf(rows: readonly { task: number; value: number }[]): Sums {
  const gram = new Float64Array(packedLength(4));
  const moment = new Float64Array(4);
  let square = 0;
  for (const { task, value } of rows) {
    addOuterProduct(gram, features(task), 1);
    features(task).forEach((entry, i) => (moment[i]! += value * entry));
    square += value ** 2;
  }
  return { dimension: 4, count: rows.length, gram, moment, square };
}

const profiled = [0.9, 0.6, 0.3];
/** Outcomes that average `means`, each with its mirror so that the scatter is 0.3. */
const outcomes = (means: readonly number[], pairs: number) =>
  Array.from({ length: pairs }, () =>
    means.flatMap((mean, task) => [-0.3, 0.3].map((e) => ({ task, value: mean + e }))),
  ).flat();

const terms = (rows: readonly { task: number; value: number }[]): PosteriorTerms => {
  const prior = formPrior(
    4,
    profiled.map((value, task) => ({ features: features(task), value, weight: 20, samples: [20, 60, 500][task]! })),
  );
  return {
    ridge: { bias: 1.5, features: 2 },
    prior,
    level: 0.6,
    noise: { deviation: 0.3, weight: 8 },
    sums: sumsOf(rows),
  };
};

/** D + Σ weight·x·xᵀ over the profile's rows. */
function spanned({ ridge, prior }: PosteriorTerms, weightOf: (row: PseudoObservation) => number): Float64Array {
  const matrix = new Float64Array(packedLength(4));
  for (let i = 0; i < 4; i++) matrix[packedRow(i) + i] = i === 0 ? ridge.bias : ridge.features;
  for (const row of prior.rows) addOuterProduct(matrix, row.features, weightOf(row));
  return matrix;
}

/** μ + l·e₀ as it is defined, by two solutions of order d. */
function believedBefore(given: PosteriorTerms, trust: number): Float64Array {
  const { prior, level } = given;
  const targets = new Float64Array(4);
  for (const row of prior.rows)
    row.features.forEach((entry, i) => (targets[i]! += row.samples * (row.value - level) * entry));
  const all = spanned(given, (row) => row.samples);
  const first = solve(factorise(all, 4), targets);
  const pull = multiplyPacked(
    spanned(given, (row) => row.weight),
    first,
  );
  const before = spanned(given, (row) => trust * row.weight);
  const mean = solve(factorise(before, 4), pull).map((entry) => trust * entry);
  mean[0]! += level;
  return mean;
}

/** L(τ) as it is defined, over the rows of the evidence. */
function definition(given: PosteriorTerms, rows: readonly { task: number; value: number }[], trust: number): number {
  const { noise, sums } = given;
  const before = spanned(given, (row) => trust * row.weight);
  const after = before.map((entry, k) => entry + sums.gram[k]!);
  const from = believedBefore(given, trust);
  const { mean } = posteriorOfTerms(given, trust);
  const moved = mean.map((entry, i) => entry - from[i]!);
  const misfit = rows.reduce((sum, { task, value }) => sum + (value - dot(features(task), mean)) ** 2, 0);
  const scatter = noise.weight * noise.deviation ** 2 + misfit + dot(moved, multiplyPacked(before, moved));
  const determinants = logDeterminant(factorise(before, 4), 4) - logDeterminant(factorise(after, 4), 4);
  return 0.5 * (determinants - (noise.weight + sums.count) * Math.log(scatter));
}

describe('the mean of a prior', () => {
  it('has its definition, and tends to the level as trust goes', () => {
    const given = terms([]);
    for (const trust of [...TRUSTS, 2 ** -40]) {
      const [mean, expected] = [priorMean(given, trust), believedBefore(given, trust)];
      mean.forEach((entry, i) => expect(entry).toBeCloseTo(expected[i]!, 12));
    }
    expect(priorMean(given, 2 ** -60)[0]).toBeCloseTo(0.6, 12);
  });

  it('says what a profile of many samples says, however little the profile may count', () => {
    const prior = formPrior(
      4,
      profiled.map((value, task) => ({ features: features(task), value, weight: 2, samples: 4000 })),
    );
    const mean = priorMean({ ...terms([]), prior }, 1);
    profiled.forEach((value, task) => expect(dot(features(task), mean)).toBeCloseTo(value, 3));
  });

  it('with as many samples as its rows count for is that of pseudo-outcomes', () => {
    const prior = formPrior(
      4,
      profiled.map((value, task) => ({ features: features(task), value, weight: 20, samples: 20 })),
    );
    const outcomes = profiled.flatMap((value, task) => Array.from({ length: 20 }, () => ({ task, value })));
    const { mean } = posteriorOfTerms({ ...terms(outcomes), prior: formPrior(4, []) });
    priorMean({ ...terms([]), prior }, 1).forEach((entry, i) => expect(entry).toBeCloseTo(mean[i]!, 12));
  });
});

describe('trust in a prior', () => {
  it('has the likelihood of its definition, up to a constant', () => {
    for (const means of [profiled, [0.3, 0.6, 0.9], [0.5, 0.5, 0.5]]) {
      const rows = outcomes(means, 4);
      const given = terms(rows);
      const fast = logLikelihood(given);
      for (const trust of TRUSTS) {
        expect(fast(trust) - fast(1)).toBeCloseTo(definition(given, rows, trust) - definition(given, rows, 1), 9);
      }
    }
  });

  it('is whole without outcomes or without a prior', () => {
    expect(chooseTrust(terms([]))).toBe(1);
    expect(chooseTrust({ ...terms(outcomes(profiled, 1)), prior: formPrior(4, []) })).toBe(1);
  });

  it('stays where outcomes agree and goes where they contradict', () => {
    expect(chooseTrust(terms(outcomes(profiled, 10)))).toBeGreaterThan(0.6);
    expect(chooseTrust(terms(outcomes([0.3, 0.6, 0.9], 10)))).toBeLessThan(0.05);
  });

  it('falls as contradicting outcomes come in', () => {
    const trusts = [1, 2, 4, 8, 16].map((pairs) => chooseTrust(terms(outcomes([0.3, 0.6, 0.9], pairs))));
    expect(trusts).toEqual([...trusts].sort((a, b) => b - a));
  });

  it('lets the posterior follow contradicting outcomes', () => {
    const given = terms(outcomes([0.3, 0.6, 0.9], 10));
    const { mean, trust } = posteriorOfTerms(given);
    expect(trust).toBeLessThan(0.05);
    expect(Math.abs(mean[0]! + mean[1]! - 0.3)).toBeLessThan(0.06);
    expect(Math.abs(mean[0]! + mean[3]! - 0.9)).toBeLessThan(0.06);
  });

  it('is measured where outcomes do not scatter at all', () => {
    const exact = (means: readonly number[]) => means.map((value, task) => ({ task, value }));
    const noise = { deviation: 0, weight: 0 };
    expect(chooseTrust({ ...terms(exact(profiled)), noise })).toBeGreaterThan(0.5);
    expect(chooseTrust({ ...terms(exact([0.3, 0.6, 0.9])), noise })).toBeLessThan(1);
  });

  it('falls for an arm that was never tried when the others contradict their profiles, one alone by little', () => {
    const wrong = measureTrust(terms(outcomes([0.3, 0.6, 0.9], 10)));
    const right = measureTrust(terms(outcomes(profiled, 10)));
    const untried = new Float64Array(TRUSTS.length);
    expect(agreeOnTrust(untried, [untried])).toBe(1);
    expect(agreeOnTrust(untried, [wrong, wrong, wrong])).toBeLessThan(0.15);
    expect(agreeOnTrust(untried, [wrong, right, right])).toBeGreaterThan(0.4);
    const drifted = wrong.map((entry) => 1000 * entry);
    expect(agreeOnTrust(untried, [drifted, right, right])).toBe(agreeOnTrust(untried, [wrong, right, right]));
    expect(agreeOnTrust(drifted, [right, right])).toBeLessThan(0.05);
  });

  it('is taken as given when it was agreed on, and refused outside (0, 1]', () => {
    const given = terms(outcomes(profiled, 1));
    expect(posteriorOfTerms(given, 0.25).trust).toBe(0.25);
    expect(() => posteriorOfTerms(given, 0)).toThrow(/trust must lie in \(0, 1\]/);
    expect(() => posteriorOfTerms(given, NaN)).toThrow(/trust must lie in/);
  });
});
