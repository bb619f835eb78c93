import { describe, expect, it } from 'vitest';

import { factorise, logDeterminant } from '../../../../policies/linear/cholesky.js';
import type { Sums } from '../../../../policies/linear/evidence.js';
import { addOuterProduct, packedLength, packedRow } from '../../../../policies/linear/packed.js';
import { posteriorOfTerms } from '../../../../policies/linear/posterior.js';
import { formPrior } from '../../../../policies/linear/prior.js';
import { centre, type CentredTerms, type PosteriorTerms } from '../../../../policies/linear/terms.js';
import { agreeOnTrust, logLikelihood, measureTrust, TRUSTS } from '../../../../policies/linear/trust.js';

const chooseTrust = (terms: CentredTerms) => agreeOnTrust(measureTrust(terms));

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
    profiled.map((value, task) => ({ features: features(task), value, weight: 20 })),
  );
  return {
    ridge: { bias: 1.5, features: 2 },
    prior,
    level: 0.6,
    noise: { deviation: 0.3, weight: 8 },
    sums: sumsOf(rows),
  };
};

/** L(τ) as it is defined, by two factorisations of order d. */
function definition({ ridge, prior, level, noise, sums }: PosteriorTerms, trust: number): number {
  const before = prior.precision.map((entry) => trust * entry);
  for (let i = 0; i < 4; i++) before[packedRow(i) + i]! += i === 0 ? ridge.bias : ridge.features;
  const after = before.map((entry, k) => entry + sums.gram[k]!);
  const scaled = { ...prior, rows: prior.rows.map((row) => ({ ...row, weight: trust * row.weight })) };
  const weighted = formPrior(4, scaled.rows);
  const { residual } = posteriorOfTerms({
    ridge,
    prior: formPrior(4, []),
    level,
    noise,
    sums: join(sums, weighted),
  });
  const alone = posteriorOfTerms({ ridge, prior: formPrior(4, []), level, noise, sums: join(nothing, weighted) });
  const scatter = noise.weight * noise.deviation ** 2 + residual - alone.residual;
  const determinants = logDeterminant(factorise(before, 4), 4) - logDeterminant(factorise(after, 4), 4);
  return 0.5 * (determinants - (noise.weight + sums.count) * Math.log(scatter));
}

const nothing = sumsOf([]);
const join = (sums: Sums, prior: ReturnType<typeof formPrior>): Sums => ({
  ...sums,
  gram: sums.gram.map((entry, k) => entry + prior.precision[k]!),
  moment: sums.moment.map((entry, i) => entry + prior.moment[i]!),
  square: sums.square + prior.square,
});

describe('trust in a prior', () => {
  it('has the likelihood of its definition, up to a constant', () => {
    for (const means of [profiled, [0.3, 0.6, 0.9], [0.5, 0.5, 0.5]]) {
      const given = terms(outcomes(means, 4));
      const fast = logLikelihood(centre(given));
      for (const trust of TRUSTS) {
        expect(fast(trust) - fast(1)).toBeCloseTo(definition(given, trust) - definition(given, 1), 9);
      }
    }
  });

  it('is whole without outcomes or without a prior', () => {
    expect(chooseTrust(centre(terms([])))).toBe(1);
    expect(chooseTrust(centre({ ...terms(outcomes(profiled, 1)), prior: formPrior(4, []) }))).toBe(1);
  });

  it('stays where outcomes agree and goes where they contradict', () => {
    expect(chooseTrust(centre(terms(outcomes(profiled, 10))))).toBeGreaterThan(0.6);
    expect(chooseTrust(centre(terms(outcomes([0.3, 0.6, 0.9], 10))))).toBeLessThan(0.05);
  });

  it('falls as contradicting outcomes come in', () => {
    const trusts = [1, 2, 4, 8, 16].map((pairs) => chooseTrust(centre(terms(outcomes([0.3, 0.6, 0.9], pairs)))));
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
    expect(chooseTrust(centre({ ...terms(exact(profiled)), noise }))).toBeGreaterThan(0.5);
    expect(chooseTrust(centre({ ...terms(exact([0.3, 0.6, 0.9])), noise }))).toBeLessThan(1);
  });

  it('falls for an arm that was never tried when the others contradict their profiles, one alone by little', () => {
    const wrong = measureTrust(centre(terms(outcomes([0.3, 0.6, 0.9], 10))));
    const right = measureTrust(centre(terms(outcomes(profiled, 10))));
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
