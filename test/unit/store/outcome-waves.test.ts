import { describe, expect, it } from 'vitest';

import { outcomeWaves } from '../../../src/store/outcome-waves.js';
import { outcome, targetOf } from '../../support/outcomes.js';

const key = { tenant: 'default', router: 'r' };

describe('the waves of a batch', () => {
  it('meet a decision and metric once each, repeats in the order they came', () => {
    const [a, b] = [outcome('r'), outcome('r')];
    const rows = [a, b, { ...a, value: 1 }, { ...a, metric: 'energy_j' }, { ...a, value: 2 }];
    const waves = outcomeWaves(key, rows, targetOf);
    expect(waves.map((wave) => wave.map(({ index }) => index).sort())).toEqual([[0, 1, 3], [2], [4]]);
  });

  it('are sorted, so that replicas with the same rows take their locks in the same order', () => {
    const rows = Array.from({ length: 20 }, () => outcome('r'));
    const [names] = outcomeWaves(key, rows, targetOf).map((wave) => wave.map(({ name }) => name));
    const [reversed] = outcomeWaves(key, [...rows].reverse(), targetOf).map((wave) => wave.map(({ name }) => name));
    expect(names).toEqual(reversed);
  });

  it('take an id in capitals for the same decision', () => {
    const row = outcome('r');
    const waves = outcomeWaves(key, [row, { ...row, decisionId: row.decisionId.toUpperCase() }], targetOf);
    expect(waves).toHaveLength(2);
    expect(waves[1][0].name).toBe(waves[0][0].name);
  });

  it('refuse what no grid has', () => {
    const refused: [object, string][] = [
      [{ epoch: 0.5 }, 'epoch'],
      [{ propensity: NaN }, 'propensity'],
      [{ value: 1e309 }, 'value'],
      [{ tenant: 'another' }, 'one router'],
    ];
    for (const [given, words] of refused) {
      expect(() => outcomeWaves(key, [outcome('r', given)], () => 0)).toThrow(words);
    }
    expect(() => outcomeWaves(key, [outcome('r')], () => 0.5)).toThrow('target');
  });
});
