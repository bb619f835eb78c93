import { describe, expect, it } from 'vitest';

import { Conditions } from '../../../src/routing/conditions.js';
import { outcomeRows } from '../../../src/routing/learn.js';
import { ask, idMaker, routerOf, viewOf } from '../../support/routing.js';

const start = 1_760_000_000_000;
const profiles = [
  { arm: 'small', metrics: { accuracy: 0.6, cost_usd: 0.001 }, samples: 100, source: 'a test', measured_on: '2026' },
  { arm: 'large', metrics: { accuracy: 0.9, cost_usd: 0.1 }, samples: 100, source: 'a test', measured_on: '2026' },
];
const spec = {
  objective: { accuracy: 1 },
  policy: { name: 'greedy' } as const,
  floor: 0.01,
  budgets: [{ metric: 'cost_usd', per_request: 0.01 }],
  breaker: { failures: 2, cooldown: '10s' },
};

describe('a budget in decisions', () => {
  it('holds the mean spend at the ceiling while the dearer arm is chosen as far as it goes', () => {
    const router = routerOf(spec, { profiles });
    const view = viewOf(router);
    const conditions = new Conditions(router, start);
    const nextId = idMaker(start);
    let spent = 0;
    let large = 0;
    const requests = 2000;
    for (let i = 0; i < requests; i++) {
      const decision = ask(view, {}, nextId(), conditions.at(start));
      conditions.decided(decision, start);
      const cost = decision.logged.arm === 'large' ? 0.1 : 0.001;
      spent += cost;
      large += Number(decision.logged.arm === 'large');
      conditions.learned(
        outcomeRows(
          router.spec,
          { ...decision.logged, decisionId: decision.logged.id },
          { metrics: { cost_usd: cost } },
        ),
        start,
      );
    }
    expect(spent / requests).toBeLessThanOrEqual(0.01);
    // A mix of 9 % large spends the ceiling.
    expect(large / requests).toBeGreaterThan(0.08);
  });

  it('lets the floor yield where trying the dear arm would break it, and logs the number it drew from', () => {
    const router = routerOf(
      { ...spec, budgets: [{ metric: 'cost_usd', per_request: 0.0012 }], floor: 0.1 },
      { profiles },
    );
    const conditions = { ...new Conditions(router, start).at(start), allowances: [Infinity], prices: [1e6] };
    const { logged } = ask(viewOf(router), {}, idMaker(start)(), conditions);
    const chance = logged.probabilities[logged.candidates.indexOf('large')];
    expect(chance).toBeGreaterThan(0);
    // At most 2 % of the ceiling goes into trying: 0.02 · 0.0012 / (0.1 − 0.001).
    expect(chance).toBeLessThanOrEqual((0.02 * 0.0012) / (0.1 - 0.001) + 1e-12);
    expect(logged.propensity).toBe(logged.probabilities[logged.candidates.indexOf(logged.arm)]);
  });

  describe('with a bill that is open', () => {
    const router = routerOf(spec, { profiles });
    const bill = (conditions: Conditions) => {
      const decision = ask(viewOf(router), { candidates: ['large'] }, idMaker(start)(), conditions.at(start));
      conditions.decided(decision, start);
      const target = { ...decision.logged, decisionId: decision.logged.id };
      return outcomeRows(router.spec, target, { metrics: { cost_usd: 0.25 } });
    };
    const spent = (conditions: Conditions) => conditions.saved()['cost_usd per request'].spent;

    it('settles it once, when another replica hears what it came to', () => {
      const conditions = new Conditions(router, start);
      const rows = bill(conditions);
      expect(spent(conditions)).toBeCloseTo(0.1, 6);
      conditions.settled(rows);
      conditions.settled(rows);
      expect(spent(conditions)).toBeCloseTo(0.25, 12);
    });

    it('settles it after a revision too, whatever place the budget has then', () => {
      const conditions = new Conditions(router, start);
      const rows = bill(conditions);
      const budgets = [{ metric: 'energy_j', per_request: 5 }, ...spec.budgets];
      conditions.follow(routerOf({ ...spec, budgets }, { profiles }), start);
      conditions.settled(rows);
      expect(spent(conditions)).toBeCloseTo(0.25, 12);
      expect(conditions.saved()['energy_j per request'].spent).toBe(0);
    });

    it('forgets it with its budget', () => {
      const conditions = new Conditions(router, start);
      const rows = bill(conditions);
      conditions.follow(routerOf({ ...spec, budgets: [] }, { profiles }), start);
      conditions.follow(router, start);
      conditions.settled(rows);
      expect(spent(conditions)).toBe(0);
    });
  });

  it('goes on where it stood after a restart', () => {
    const router = routerOf(spec, { profiles });
    const conditions = new Conditions(router, start);
    for (let i = 0; i < 50; i++)
      conditions.decided(ask(viewOf(router), {}, idMaker(start)(), conditions.at(start)), start);
    const saved = JSON.parse(JSON.stringify(conditions.saved()));
    expect(new Conditions(router, start + 1, saved).at(start + 1)).toEqual(conditions.at(start + 1));
  });
});

describe('a broken arm', () => {
  const router = routerOf({ ...spec, budgets: [], objective: { accuracy: 1 } }, { profiles });
  const fail = (conditions: Conditions, id: string, now: number) => {
    const decision = ask(viewOf(router), {}, id, conditions.at(now));
    conditions.decided(decision, now);
    const item = { failed: true };
    conditions.learned(outcomeRows(router.spec, { ...decision.logged, decisionId: id }, item), now);
    return decision;
  };

  it('is held out after failures in a row, says why, and is tried by one request after its cooldown', () => {
    const conditions = new Conditions(router, start);
    const ids = idMaker(start);
    for (let i = 0; i < 2; i++) expect(fail(conditions, ids(), start).logged.arm).toBe('large');
    const whileOpen = ask(viewOf(router), {}, ids(), conditions.at(start + 9_999));
    expect(whileOpen.logged.arm).toBe('small');
    expect(whileOpen.logged.excluded).toEqual([{ arm: 'large', reason: expect.stringMatching(/circuit breaker/) }]);
    const later = idMaker(start + 10_001);
    const trial = ask(viewOf(router), {}, later(), conditions.at(start + 10_001));
    expect(trial.logged.arm).toBe('large');
    conditions.decided(trial, start + 10_001);
    expect(conditions.at(start + 10_002).broken).toEqual(['large']);
    const served = outcomeRows(
      router.spec,
      { ...trial.logged, decisionId: trial.logged.id },
      { metrics: { accuracy: 1 } },
    );
    conditions.learned(served, start + 10_003);
    expect(conditions.at(start + 10_003).broken).toEqual([]);
  });
});
