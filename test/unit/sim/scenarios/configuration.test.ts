import { describe, expect, it } from 'vitest';

import { cusumDefaults } from '../../../../policies/changes/cusum.js';
import { configuration, routerSpec } from '../../../../sim/scenarios/paretobandit/configuration.js';
import { bucketRequests, priceStep } from '../../../../src/routing/budget.js';
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
    expect(configuration.fixed.budget).toMatchObject({ price_step: priceStep, bucket_requests: bucketRequests });
    expect(configuration.detect_changes).toMatchObject(cusumDefaults);
    expect(JSON.stringify(configuration)).not.toContain('null');
  });
});
