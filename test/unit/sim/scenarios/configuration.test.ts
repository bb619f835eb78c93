import { describe, expect, it } from 'vitest';

import { cusumDefaults } from '../../../../policies/changes/cusum.js';
import { configuration, routerSpec } from '../../../../sim/scenarios/paretobandit/configuration.js';
import { pacing } from '../../../../src/routing/budget.js';
import { settingsOf } from '../../../../src/routing/settings.js';

describe('the configuration of the published experiments, as their results tell it', () => {
  const spec = routerSpec({ arms: ['a'], tasks: ['qa'] }, 'hash', { budget: 1e-4 });

  it('has every setting that the router plays with', () => {
    const { policy, floor, precision, trust, cap, borrow, biasPrecision, proportionalBiasPrecision } = settingsOf(spec);
    expect(configuration).toMatchObject({ policy, floor, prior: { precision, trust, cap, borrow } });
    expect(configuration.fixed.level_precision).toEqual({
      accuracy: biasPrecision,
      cost_usd: proportionalBiasPrecision,
    });
    expect(configuration.detect_changes).toEqual(spec.detect_changes);
  });

  it('has the constants of the bucket, the price and the detector', () => {
    const told = Object.values(configuration.fixed.budget);
    expect(told).toEqual(expect.arrayContaining(Object.values(pacing)));
    expect(told.every((value) => value > 0)).toBe(true);
    expect(configuration.detect_changes).toMatchObject(cusumDefaults);
    expect(JSON.stringify(configuration)).not.toContain('null');
  });
});
