import { describe, expect, it } from 'vitest';

import { ChangeWatch } from '../../../src/routing/changes/watch.js';
import { presentEpoch } from '../../../src/routing/epoch.js';
import { explain } from '../../../src/routing/explain.js';
import { fold } from '../../../src/routing/learn.js';
import type { Problem } from '../../../src/routing/problem.js';
import type { Router } from '../../../src/routing/router.js';
import { StatisticsTable } from '../../../src/routing/statistics-table.js';
import type { Change } from '../../../src/routing/spec.js';
import { chanceOf } from '../../../sim/random.js';
import { ask, routerOf, rowsFor, viewOf } from '../../support/routing.js';

const at = '2026-03-01T00:00:00Z';
const before = Date.parse(at) - 1;
const after = Date.parse(at);
const objective = { accuracy: 1, cost_usd: -1 };

/** Learns one outcome of the small arm so many times, decided at one time. */
function learn(
  router: Router,
  table: StatisticsTable,
  now: number,
  metrics: Record<string, number>,
  times = 200,
): void {
  const view = viewOf(router, table, presentEpoch(router, now));
  const decision = ask(view, { candidates: ['small'] });
  for (let i = 0; i < times; i++)
    for (const row of rowsFor(router, decision, metrics)) fold(table, router.spec, row, 1);
}

const expected = (router: Router, table: StatisticsTable, now: number) =>
  ask(viewOf(router, table, presentEpoch(router, now))).ranking.find(({ arm }) => arm === 'small')!.expected;

const withChange = (change: Partial<Change>) =>
  routerOf({ objective, changes: [{ at, arm: 'small', metric: 'cost_usd', ...change }] });

describe('a recorded change', () => {
  it('begins an epoch', () => {
    const router = withChange({ scale: 0.5 });
    expect(presentEpoch(router, before)).toBe(0);
    expect(presentEpoch(router, after)).toBe(1);
  });

  it('rescales what was learned of a price that is told, from its time on and not before', () => {
    const router = withChange({ scale: 0.25 });
    const table = new StatisticsTable();
    learn(router, table, before, { cost_usd: 0.08 });
    expect(expected(router, table, before).cost_usd).toBeCloseTo(0.08, 3);
    expect(expected(router, table, after).cost_usd).toBeCloseTo(0.02, 3);
  });

  it('leaves alone what is learned after it, and late outcomes of decisions before it count as of before', () => {
    const router = withChange({ scale: 0.25 });
    const table = new StatisticsTable();
    learn(router, table, after, { cost_usd: 0.02 });
    learn(router, table, before, { cost_usd: 0.08 });
    expect(expected(router, table, after).cost_usd).toBeCloseTo(0.02, 3);
  });

  it('lets a level that moved be learned anew from few outcomes', () => {
    const loose = routerOf({ changes: [{ at, arm: 'small', metric: 'accuracy', level_outcomes: 5 }] });
    const firm = routerOf();
    const tables = [loose, firm].map((router) => {
      const table = new StatisticsTable();
      learn(router, table, before, { accuracy: 0.9 }, 400);
      learn(router, table, after, { accuracy: 0.3 }, 20);
      return expected(router, table, after).accuracy;
    });
    expect(tables[0]).toBeLessThan(0.5);
    expect(tables[1]).toBeGreaterThan(0.8);
  });

  it('ages nothing: with a half-life evidence weighs what its time says', () => {
    const change = { at, arm: 'large', metric: 'accuracy', weight: 0 };
    const [changed, plain] = [routerOf({ half_life: '8h', changes: [change] }), routerOf({ half_life: '8h' })];
    const outcomes = [changed, plain].map((router) => {
      const table = new StatisticsTable();
      learn(router, table, after - 3_600_000, { accuracy: 0.9 }, 100);
      return viewOf(router, table, presentEpoch(router, after + 8 * 3_600_000)).outcomes[0];
    });
    expect(outcomes[0]).toBeCloseTo(outcomes[1], 9);
    expect(outcomes[0]).toBeLessThan(60);
  });

  it('is met at the same place by a replay: a decision from before it is explained without it', () => {
    const router = withChange({ scale: 0.25 });
    const table = new StatisticsTable();
    learn(router, table, before, { cost_usd: 0.5, accuracy: 0.6 });
    for (const now of [before, after]) {
      const { logged } = ask(viewOf(router, table, presentEpoch(router, now)));
      expect(explain(router, table, logged).reproduced).toBe(true);
    }
  });

  it.each([
    [{ changes: [{ at: '2026-13-41T00:00:00Z', arm: 'small', metric: 'accuracy' }] }, '/changes/0/at'],
    [{ changes: [{ at, arm: 'small', metric: 'nothing' }] }, '/changes/0/metric'],
    [
      {
        changes: [
          { at, arm: 'small', metric: 'accuracy' },
          { at: '2026-02-01T00:00:00Z', arm: 'small', metric: 'accuracy' },
        ],
      },
      '/changes/1/at',
    ],
    [{ arms: [{ id: 'small', list_price: { cost_usd: 1 } }, { id: 'large' }] }, '/arms/1/list_price'],
    [{ arms: [{ id: 'small', list_price: { money: 1 } }] }, '/arms/0/list_price'],
  ])('is refused with the place of the fault: %o', (over, pointer) => {
    try {
      routerOf(over);
      expect.unreachable();
    } catch (error) {
      expect((error as Problem).errors?.map((fault) => fault.pointer)).toContain(pointer);
    }
  });
});

it('believes an untried arm to cost what others do in proportion to list prices', () => {
  const arms = [
    { id: 'small', list_price: { cost_usd: 1 } },
    { id: 'large', list_price: { cost_usd: 20 } },
  ];
  const router = routerOf({ objective, arms });
  const table = new StatisticsTable();
  learn(router, table, before, { cost_usd: 0.001 });
  const { ranking } = ask(viewOf(router, table));
  expect(ranking.find(({ arm }) => arm === 'large')!.expected.cost_usd).toBeCloseTo(0.02, 6);
});

describe('a watch', () => {
  /** Feeds outcomes that scatter by 0.1 around a mean. */
  function watchOutcomes(means: readonly number[], metric = 'accuracy') {
    const router = routerOf({ objective });
    const table = new StatisticsTable();
    const watch = new ChangeWatch();
    const chance = chanceOf(9, 'outcomes');
    const found: Change[] = [];
    let view = viewOf(router, table);
    means.forEach((mean, i) => {
      const decision = ask(view, { candidates: ['small'] });
      const value = Math.min(1, Math.max(0, mean * (1 + 0.15 * chance.normal())));
      for (const row of rowsFor(router, decision, { [metric]: value })) {
        const change = watch.observe(view, row, after + i);
        if (change) found.push(change);
        fold(table, router.spec, row, 1);
      }
      view = viewOf(router, table);
    });
    return found;
  }
  const steady = (mean: number, count: number) => Array.from({ length: count }, () => mean);

  it('finds that an arm got worse, by how much, and whose level it was', () => {
    const [change] = watchOutcomes([...steady(0.8, 150), ...steady(0.5, 25)]);
    expect(change).toMatchObject({ arm: 'small', metric: 'accuracy', level_outcomes: 4, weight: 0.1 });
    expect(change!.offset).toBeGreaterThan(-0.4);
    expect(change!.offset).toBeLessThan(-0.2);
    expect(Date.parse(change!.at)).toBeLessThan(after + 170);
  });

  it('says of a metric in proportion to its size by which factor it changed', () => {
    const [change] = watchOutcomes([...steady(0.02, 150), ...steady(0.08, 10)], 'cost_usd');
    expect(change!.offset).toBeUndefined();
    expect(change!.scale).toBeGreaterThan(2);
    expect(change!.scale).toBeLessThan(5);
  });

  it('is silent while nothing changes', () => {
    expect(watchOutcomes(steady(0.7, 400))).toEqual([]);
  });
});
