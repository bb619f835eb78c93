import { describe, expect, it } from 'vitest';

import { Conditions } from '../../../src/routing/conditions.js';
import { outcomeRows } from '../../../src/routing/learn.js';
import type { FeedbackItem } from '../../../src/routing/request.js';
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

  describe('whose failures come with metrics', () => {
    const cost = { metrics: { cost_usd: 0.1 } };
    const both = { ...cost, failed: true };
    /** A decision of the broken arm, and what is then told of it. */
    const after = (conditions: Conditions, id: string, now: number, items: readonly FeedbackItem[]) => {
      const decision = ask(viewOf(router), { candidates: ['large'] }, id, conditions.at(now));
      conditions.decided(decision, now);
      for (const item of items) tell(conditions, id, now, item);
    };
    const target = ask(viewOf(router), { candidates: ['large'] }, idMaker(start)()).logged;
    const tell = (conditions: Conditions, id: string, now: number, item: FeedbackItem) =>
      conditions.learned(outcomeRows(router.spec, { ...target, decisionId: id }, item as never), now);

    it.each([
      ['in one item', [both]],
      ['before them', [{ failed: true }, cost]],
      ['after them', [cost, { failed: true }]],
    ])('is held out when they come %s, and again when its trial fails in that way', (_order, items) => {
      const conditions = new Conditions(router, start);
      const ids = idMaker(start);
      after(conditions, ids(), start, items);
      expect(conditions.at(start).broken).toEqual([]);
      after(conditions, ids(), start, items);
      expect(conditions.at(start).broken).toEqual(['large']);
      const trialAt = start + 10_001;
      after(conditions, idMaker(trialAt)(), trialAt, items);
      expect(conditions.at(trialAt + 19_999).broken).toEqual(['large']);
      expect(conditions.at(trialAt + 20_000).broken).toEqual([]);
    });

    it('is held out when its failures come long after the metrics of later decisions', () => {
      const conditions = new Conditions(router, start);
      const ids = idMaker(start);
      const late = Array.from({ length: 8 }, () => ids());
      for (const [i, id] of late.entries()) {
        after(conditions, id, start, [cost]);
        if (i >= 5) tell(conditions, late[i - 5], start, { failed: true });
      }
      expect(conditions.at(start).broken).toEqual(['large']);
    });

    it('is not held out where it does well in between, whatever is told of that', () => {
      const conditions = new Conditions(router, start);
      const ids = idMaker(start);
      for (let i = 0; i < 5; i++) {
        after(conditions, ids(), start, [both]);
        after(conditions, ids(), start, [cost]);
      }
      expect(conditions.at(start).broken).toEqual([]);
    });

    it('is taken back when the time of a trial is up of which only a cost was told', () => {
      const conditions = new Conditions(router, start);
      const ids = idMaker(start);
      for (let i = 0; i < 2; i++) after(conditions, ids(), start, [both]);
      const trialAt = start + 10_001;
      after(conditions, idMaker(trialAt)(), trialAt, [cost]);
      expect(conditions.at(trialAt + 1).broken).toEqual(['large']);
      const later = idMaker(trialAt + 10_000);
      after(conditions, later(), trialAt + 10_000, []);
      expect(conditions.at(trialAt + 10_000).broken).toEqual([]);
      after(conditions, later(), trialAt + 10_000, [both]);
      expect(conditions.at(trialAt + 10_000).broken).toEqual([]);
    });

    it('is blamed alone where another arm served', () => {
      const conditions = new Conditions(router, start);
      const ids = idMaker(start);
      for (let i = 0; i < 2; i++) after(conditions, ids(), start, [{ ...both, served_arm: 'small' }]);
      expect(conditions.at(start).broken).toEqual(['large']);
    });
  });
});
