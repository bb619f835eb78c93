/**
 * Two budgets of different kinds at once: dollars per request, and joules per day. The better of two arms costs more of
 * both. While requests are sparse, dollars are what is scarce; while they are dense, joules are.
 */
import { describe, expect, it } from 'vitest';

import { bucketRequests } from '../../../src/routing/budget.js';
import { Conditions } from '../../../src/routing/conditions.js';
import { outcomeRows } from '../../../src/routing/learn.js';
import { ask, idMaker, routerOf, viewOf } from '../../support/routing.js';

const start = 1_760_000_000_000;
const dayMs = 86_400_000;
const spend = {
  thrifty: { cost_usd: 0.001, energy_j: 1 },
  good: { cost_usd: 0.1, energy_j: 8 },
};
const dollarsPerRequest = 0.01;
const joulesPerDay = 64_800;
/** A bucket of joules holds a twenty-fourth of the day's. */
const bucketJoules = joulesPerDay / 24;
/** A request in 20 s may spend 15 J, one in 1.6 s may spend 1.2 J; either may spend a cent, which is 9 % good. */
const phases = [
  { gapMs: 20_000, requests: 3_000 },
  { gapMs: 1_600, requests: 30_000 },
  { gapMs: 20_000, requests: 3_000 },
];

const router = routerOf(
  {
    arms: [{ id: 'thrifty' }, { id: 'good' }],
    objective: { accuracy: 1 },
    policy: { name: 'greedy' },
    budgets: [
      { metric: 'cost_usd', per_request: dollarsPerRequest },
      { metric: 'energy_j', limit: joulesPerDay, per: '1d' },
    ],
  },
  {
    profiles: Object.entries(spend).map(([arm, metrics]) => ({
      arm,
      metrics: { accuracy: arm === 'good' ? 0.9 : 0.5, ...metrics },
      samples: 100,
      source: 'a test',
      measured_on: '2026',
    })),
  },
);

interface Phase {
  readonly requests: number;
  /** What was spent, in parts of what the budget grants for these requests, or for this time. */
  readonly dollars: number;
  readonly joules: number;
  readonly grantedJoules: number;
  /** How both stood at its end, in accuracy points per unit. */
  readonly prices: readonly number[];
}

function play(): Phase[] {
  const view = viewOf(router);
  const conditions = new Conditions(router, start);
  const nextId = idMaker(start);
  let now = start;
  return phases.map(({ gapMs, requests }) => {
    const [before, began] = [conditions.saved(), now];
    for (let k = 0; k < requests; k++) {
      now += gapMs;
      const decision = ask(view, {}, nextId(), conditions.at(now));
      conditions.decided(decision, now);
      const { id, arm } = decision.logged;
      const metrics = spend[arm as keyof typeof spend];
      conditions.learned(outcomeRows(router.spec, { ...decision.logged, decisionId: id }, { metrics }), now);
    }
    const spent = (name: string) => conditions.saved()[name]!.spent - before[name]!.spent;
    const grantedJoules = (joulesPerDay * (now - began)) / dayMs;
    return {
      requests,
      dollars: spent('cost_usd per request') / (requests * dollarsPerRequest),
      joules: spent('energy_j per 1d') / grantedJoules,
      grantedJoules,
      prices: conditions.at(now).prices,
    };
  });
}

describe('a budget per request and one per time', () => {
  const [before, dense, after] = play() as [Phase, Phase, Phase];

  it.each([
    ['before', before],
    ['after', after],
  ])('are bound by the request alone while requests are sparse, %s they were dense', (_, phase) => {
    expect(phase.dollars).toBeGreaterThan(0.9);
    expect(phase.dollars).toBeLessThanOrEqual(1 + bucketRequests / phase.requests);
    expect(phase.joules).toBeLessThan(0.5);
    expect(phase.prices).toEqual([expect.toSatisfy((price: number) => price > 0), 0]);
  });

  it('are bound by time alone while requests are dense', () => {
    expect(dense.joules).toBeGreaterThan(0.9);
    expect(dense.joules).toBeLessThanOrEqual(1 + bucketJoules / dense.grantedJoules);
    expect(dense.dollars).toBeLessThan(0.6);
    expect(dense.prices).toEqual([0, expect.toSatisfy((price: number) => price > 0)]);
  });

  it('both hold in the end', () => {
    const all = [before, dense, after];
    const sum = (value: (phase: Phase) => number) => all.reduce((total, phase) => total + value(phase), 0);
    expect(sum(({ dollars, requests }) => dollars * requests)).toBeLessThanOrEqual(sum(({ requests }) => requests));
    expect(sum(({ joules, grantedJoules }) => joules * grantedJoules)).toBeLessThanOrEqual(
      sum(({ grantedJoules }) => grantedJoules),
    );
  });
});
