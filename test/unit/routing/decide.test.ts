import { describe, expect, it } from 'vitest';

import { explain } from '../../../src/routing/explain.js';
import { fold } from '../../../src/routing/learn.js';
import { StatisticsTable } from '../../../src/routing/statistics-table.js';
import { ViewMaker } from '../../../src/routing/view.js';
import { ask, calm, idMaker, newId, routerOf, rowsFor, viewOf } from '../../support/routing.js';

const profiles = [
  {
    arm: 'small',
    task: 'qa',
    metrics: { accuracy: 0.6, energy_j: 10 },
    samples: 100,
    source: 'a test',
    measured_on: '2026',
  },
  {
    arm: 'large',
    task: 'qa',
    metrics: { accuracy: 0.9, energy_j: 500 },
    samples: 100,
    source: 'a test',
    measured_on: '2026',
  },
];

describe('a decision', () => {
  it('starts from the profiles: energy decides while it is dear, accuracy when it is free', () => {
    const view = viewOf(routerOf({ floor: 0, policy: { name: 'greedy' } }, { profiles }));
    expect(ask(view).logged.arm).toBe('small');
    expect(ask(view, { objective: { accuracy: 1 } }).logged.arm).toBe('large');
  });

  it('is the same for the same state, request and id', () => {
    const view = viewOf(routerOf({ policy: { name: 'uniform' } }));
    const id = newId();
    expect(ask(view, {}, id)).toEqual(ask(view, {}, id));
  });

  it('logs the number it was drawn from, and draws as often as it says', () => {
    const router = routerOf({ policy: { name: 'epsilon-greedy', epsilon: 0.5 }, floor: 0.1 }, { profiles });
    const view = viewOf(router);
    const nextId = idMaker();
    const draws = 4000;
    let small = 0;
    for (let i = 0; i < draws; i++) {
      const { logged } = ask(view, {}, nextId());
      expect(logged.propensity).toBe(logged.probabilities[logged.candidates.indexOf(logged.arm)]);
      if (logged.arm === 'small') small++;
    }
    const expected = ask(view).logged.probabilities[0];
    expect(expected).toBeCloseTo(0.75, 12);
    const standardError = Math.sqrt((expected * (1 - expected)) / draws);
    expect(Math.abs(small / draws - expected)).toBeLessThan(5 * standardError);
  });

  it('gives every candidate its floor, and an excluded arm nothing', () => {
    const view = viewOf(
      routerOf(
        {
          policy: { name: 'greedy' },
          floor: 0.1,
          arms: [{ id: 'small' }, { id: 'large' }, { id: 'old', state: 'paused' }],
        },
        { profiles },
      ),
    );
    const { logged, ranking } = ask(view);
    expect([...logged.probabilities]).toEqual([0.95, 0.05]);
    expect(ranking.find(({ arm }) => arm === 'old')).toMatchObject({ probability: 0, excluded: 'paused' });
  });

  it('ranks the chosen arm first, the others by utility', () => {
    const view = viewOf(routerOf({ policy: { name: 'fixed', arm: 'large' }, floor: 0 }, { profiles }));
    expect(ask(view).ranking.map(({ arm }) => arm)).toEqual(['large', 'small']);
  });

  it('refuses an objective of unknown metrics', () => {
    const view = viewOf(routerOf());
    expect(() => ask(view, { objective: { speed: 1 } })).toThrow(expect.objectContaining({ code: 'invalid-metric' }));
  });

  it('follows outcomes against its profile', () => {
    const router = routerOf({ policy: { name: 'greedy' }, floor: 0, objective: { accuracy: 1 } }, { profiles });
    const table = new StatisticsTable();
    const maker = new ViewMaker(router);
    for (let i = 0; i < 40; i++) {
      const decision = ask(maker.form(table, 0, {}));
      const accuracy = decision.logged.arm === 'large' ? 0.1 : 0.6;
      for (const row of rowsFor(router, decision, { accuracy })) fold(table, router.spec, row, 1);
    }
    expect(ask(maker.form(table, 0, {})).logged.arm).toBe('small');
  });

  it('gives the same view whether it was formed step by step or at once', () => {
    const router = routerOf({ policy: { name: 'uniform' } }, { profiles });
    const table = new StatisticsTable();
    const maker = new ViewMaker(router);
    const nextId = idMaker();
    for (let i = 0; i < 50; i++) {
      const decision = ask(maker.form(table, 0, {}), { context: { task: i % 3 ? 'qa' : 'code' } }, nextId());
      const outcome = { accuracy: (i % 7) / 7, energy_j: 20 + (i % 5) };
      for (const row of rowsFor(router, decision, outcome)) fold(table, router.spec, row, 1);
    }
    const stepwise = maker.form(table, 0, {}).posteriors;
    expect(viewOf(router, table).posteriors).toEqual(stepwise);
  });
});

describe('an explanation', () => {
  it('reproduces a decision and shows what prior and evidence said', () => {
    const router = routerOf({ policy: { name: 'thompson' } }, { profiles });
    const table = new StatisticsTable();
    const view = viewOf(router);
    for (let i = 0; i < 20; i++) {
      for (const row of rowsFor(router, ask(view), { accuracy: 0.5, energy_j: 100 })) fold(table, router.spec, row, 1);
    }
    const { logged } = ask(viewOf(router, table), { constraints: { deny: [] } });
    const told = explain(router, table, logged);
    expect(told.reproduced).toBe(true);
    expect(told.features.map(({ label }) => label)).toEqual(['1', 'task=qa']);
    const accuracy = told.arms[1].metrics.find(({ metric }) => metric === 'accuracy')!;
    expect(accuracy.prior_mean).toBeGreaterThan(0.8);
    expect(accuracy.prior_mean + accuracy.evidence_shift).toBeCloseTo(accuracy.mean, 9);
    expect(told.arms[1].utility).toBeCloseTo(
      told.arms[1].metrics.reduce((sum, term) => sum + term.utility, 0),
      12,
    );
  });

  it('says so when the sums are not those of the decision', () => {
    const router = routerOf({ policy: { name: 'thompson' } }, { profiles });
    const { logged } = ask(viewOf(router));
    const other = new StatisticsTable();
    for (const row of rowsFor(router, ask(viewOf(router)), { accuracy: 0 })) fold(other, router.spec, row, 1);
    expect(explain(router, other, logged).reproduced).toBe(false);
  });

  it('notices a logged probability that was altered', () => {
    const router = routerOf({ policy: { name: 'uniform' } });
    const { logged } = ask(viewOf(router), {}, newId(), calm(router));
    const altered = { ...logged, probabilities: Float64Array.of(0.4, 0.6) };
    expect(explain(router, new StatisticsTable(), altered).reproduced).toBe(false);
  });
});
