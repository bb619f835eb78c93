import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { RunningView } from '../../../sim/runner/running-view.js';
import { outcomeRows } from '../../../src/routing/learn.js';
import type { OutcomeRow } from '../../../src/routing/outcome.js';
import type { ProfileRow } from '../../../src/routing/profile.js';
import type { Router } from '../../../src/routing/router.js';
import { ViewMaker, type View } from '../../../src/routing/view.js';
import { idMaker, routerOf } from '../../support/routing.js';

const profiles: ProfileRow[] = ['small', 'large'].map((arm) => ({
  arm,
  task: 'qa',
  samples: 40,
  source: 'made up',
  measured_on: '2026-01-01',
  metrics: { accuracy: 0.7, energy_j: 50 },
}));

const outcome = fc.record({
  arm: fc.constantFrom('small', 'large'),
  task: fc.constantFrom('qa', 'code', 'chat'),
  // Half of them alike, so that levels stand as well as move.
  accuracy: fc.oneof(fc.constant(0.5), fc.double({ min: 0, max: 1, noNaN: true })),
  // On the grid of the sums: what is rounded there is not rounded where an outcome is added to a posterior.
  energy_j: fc.option(
    fc.oneof(
      fc.constant(10),
      fc.integer({ min: 0, max: 4000 }).map((n) => n / 8),
    ),
    {
      nil: undefined,
    },
  ),
});

const id = idMaker();

function rowsOf(router: Router, { arm, task, accuracy, energy_j }: Outcome): OutcomeRow[] {
  const features = router.encoder.encode({ task });
  const target = {
    tenant: router.tenant,
    router: router.spec.id,
    decisionId: id(),
    arm,
    propensity: 1,
    epoch: 0,
    features,
  };
  const metrics = { accuracy, ...(energy_j === undefined ? {} : { energy_j }) };
  return outcomeRows(router.spec, { ...target, schema: router.schema }, { metrics });
}
type Outcome = typeof outcome extends fc.Arbitrary<infer O> ? O : never;

function expectSame(running: View, formed: View): void {
  const close = (a: number, b: number) => expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-9 * (1 + Math.abs(b)));
  expect([...running.outcomes]).toEqual([...formed.outcomes]);
  expect(running.mostOutcomes).toBe(formed.mostOutcomes);
  expect(running.known).toEqual(formed.known);
  formed.posteriors.forEach((posterior, slot) => {
    const other = running.posteriors[slot]!;
    posterior.mean.forEach((entry, i) => close(other.mean[i]!, entry));
    posterior.covariance.forEach((entry, i) => close(other.covariance[i]!, entry));
    close(other.noiseVariance, posterior.noiseVariance);
    expect(other.trust).toBe(posterior.trust);
  });
}

describe('a view that learns one outcome at a time', () => {
  it.each([false, true])('is the one formed anew whenever it has looked what moved (profiles: %s)', (withProfiles) => {
    const features = [{ name: 'task', type: 'category' as const, values: ['qa', 'code', 'chat'] }];
    const router = routerOf({ features }, { profiles: withProfiles ? profiles : [] });
    fc.assert(
      fc.property(fc.array(outcome, { minLength: 1, maxLength: 60 }), (outcomes) => {
        const running = new RunningView(router, 1, 0);
        const maker = new ViewMaker(router);
        outcomes.forEach((one) => {
          running.learn(rowsOf(router, one));
          expectSame(running.current, maker.form(running.table, 0, {}));
        });
        running.release();
        maker.release();
      }),
      { numRuns: 40 },
    );
  });
});
