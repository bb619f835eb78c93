import { existsSync, readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { effectiveSampleSize } from '../../../../sim/off-policy/effective-sample-size.js';
import { directMethod } from '../../../../sim/off-policy/estimators/direct-method.js';
import { doublyRobust } from '../../../../sim/off-policy/estimators/doubly-robust.js';
import { ips, ipsRewards } from '../../../../sim/off-policy/estimators/ips.js';
import { selfNormalisedDoublyRobust } from '../../../../sim/off-policy/estimators/self-normalised-doubly-robust.js';
import { snips } from '../../../../sim/off-policy/estimators/snips.js';
import { valueOf, type Sample } from '../../../../sim/off-policy/estimators/terms.js';
import { clipped, shrunk, subgaussian, switched } from '../../../../sim/off-policy/estimators/weights.js';
import { ConfidenceSequence } from '../../../../sim/off-policy/intervals/confidence-sequence.js';

const folder = new URL('../../../../../shared/fixtures/', import.meta.url);
const read = (name: string) => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));

describe.skipIf(!existsSync(folder))('known answers (skipped without ../shared/fixtures)', () => {
  it('gives the inverse propensity rewards of coba', () => {
    const { inputs, expected } = read('coba-ips.json');
    inputs.forEach(({ action, actions, reward, probability }: CobaInput, i: number) => {
      const rewards = ipsRewards(actions.length, actions.indexOf(action), reward, probability);
      expect([...rewards]).toEqual(expected[i]);
    });
  });

  it('gives the confidence sequence of Vowpal Wabbit', () => {
    const { inputs, expected, tolerance } = read('vw-confidence-sequence.json');
    const sequence = new ConfidenceSequence({ minimum: inputs.rmin, maximum: inputs.rmax });
    for (let i = 0; i < inputs.repeats; i++) for (const value of inputs.cycle_w_and_r) sequence.add(value, value);
    const { low, high } = sequence.interval(1 - inputs.alpha);
    expect(Math.abs(low - expected.lower)).toBeLessThan(tolerance);
    expect(Math.abs(high - expected.upper)).toBeLessThan(tolerance);
  });

  it('gives the estimates of the Open Bandit Pipeline', () => {
    const { inputs, expected, ess, tolerance } = read('obp-estimators-on-obd-men-bts.json');
    const column = (values: number[]) => Float64Array.from(values);
    const q = inputs.q_hat_per_item as number[];
    const mean = q.reduce((sum, value) => sum + value, 0) / q.length;
    const sample: Sample = {
      weights: column(inputs.pscore).map((p) => 1 / inputs.n_actions / p),
      rewards: clicks(inputs.n, inputs.reward_rounds_equal_1),
      predicted: column(inputs.action).map((arm) => q[arm]!),
      direct: new Float64Array(inputs.n).fill(mean),
    };
    const { weights } = sample;
    const estimates: Record<string, number> = {
      ipw: valueOf(ips(sample)),
      ipw_clip_lambda_10: valueOf(ips({ ...sample, weights: clipped(weights, 10) })),
      snipw: valueOf(snips(sample)),
      dm: valueOf(directMethod(sample)),
      dr: valueOf(doublyRobust(sample)),
      sndr: valueOf(selfNormalisedDoublyRobust(sample)),
      switch_dr_lambda_5: valueOf(doublyRobust(sample, switched(weights, 5))),
      dros_lambda_10: valueOf(doublyRobust(sample, shrunk(weights, 10))),
      'sgipw_lambda_0.1': valueOf(ips({ ...sample, weights: subgaussian(weights, 0.1) })),
      'sgdr_lambda_0.1': valueOf(doublyRobust(sample, subgaussian(weights, 0.1))),
    };
    expect(Object.keys(estimates).sort()).toEqual(Object.keys(expected).sort());
    for (const [name, value] of Object.entries(expected as Record<string, number>))
      expect(Math.abs(estimates[name]! - value), name).toBeLessThan(tolerance);
    expect(Math.abs(effectiveSampleSize(weights) - ess)).toBeLessThan(1e-9);
  });
});

function clicks(rounds: number, at: readonly number[]): Float64Array {
  const rewards = new Float64Array(rounds);
  for (const i of at) rewards[i] = 1;
  return rewards;
}

interface CobaInput {
  readonly action: number;
  readonly actions: readonly number[];
  readonly reward: number;
  readonly probability: number;
}
