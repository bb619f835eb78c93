/** How budgets stand is told to other replicas and to those that come after. */
import type { KyselyPlugin } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';

import { Conditions } from '../../../src/routing/conditions.js';
import type { BudgetState } from '../../../src/routing/budget.js';
import { BudgetExchange, budgetsAtStart } from '../../../src/runtime/budget-exchange.js';
import { SpendHere } from '../../../src/runtime/spend-here.js';
import { readSpend } from '../../../src/store/budget-spend.js';
import { createRouter } from '../../../src/store/create-router.js';
import type { Store } from '../../../src/store/store.js';
import { onEveryStore } from '../../support/every-store.js';
import { ask, idMaker, routerOf, specOf, viewOf } from '../../support/routing.js';

const now = 1_760_000_000_000;
const name = 'cost_usd per request';
const profiles = [
  { arm: 'small', metrics: { accuracy: 0.6, cost_usd: 0.001 }, samples: 100, source: 'a test', measured_on: '2026' },
  { arm: 'large', metrics: { accuracy: 0.9, cost_usd: 0.1 }, samples: 100, source: 'a test', measured_on: '2026' },
];
const over = { objective: { accuracy: 1 }, budgets: [{ metric: 'cost_usd', per_request: 0.01 }] };
const router = routerOf(over, { profiles });
const view = viewOf(router);
const nextId = idMaker(now);

onEveryStore((store) => {
  let key: { tenant: string; router: string };
  let routers = 0;
  beforeEach(async () => {
    key = { tenant: 'default', router: `budgets-${routers++}` };
    await createRouter(
      store(),
      { tenant: 'default', spec: { ...specOf(over), id: key.router }, profiles },
      new Date(now),
    );
  });

  /** A replica as far as budgets are concerned. */
  async function replica(stripe: number, owner: string, on: Store = store()) {
    const lease = { stripe, owner };
    const conditions = new Conditions(router, now, budgetsAtStart(await readSpend(store(), key), stripe, now));
    const exchange = new BudgetExchange({ store: on, lease, clock: () => now }, key, conditions);
    return {
      conditions,
      exchange,
      /** Another process has its stripe, and it has another one. */
      lose: (next: number, name: string) => Object.assign(lease, { stripe: next, owner: name }),
      state: (): BudgetState => conditions.saved()[name],
      /** Decides so often, for one arm. */
      decide(times: number, arm: string) {
        for (let i = 0; i < times; i++)
          conditions.decided(ask(view, { candidates: [arm] }, nextId(), conditions.at(now)), now);
      },
      look: async (living: readonly string[] = ['a', 'b', 'c']) => exchange.run(await readSpend(store(), key), living),
    };
  }

  it('gives what one bucket has beyond its part to the other, and loses nothing on the way', async () => {
    const [a, b] = [await replica(1, 'a'), await replica(2, 'b')];
    a.decide(60, 'small');
    b.decide(1, 'large');
    const total = a.state().level + b.state().level;
    for (let i = 0; i < 8; i++) {
      await a.look();
      await b.look();
      expect(a.state().level + b.state().level).toBeLessThanOrEqual(total + 1e-12);
    }
    expect(b.state().level).toBeGreaterThan(0.8 * a.state().level);
    expect(a.state().level + b.state().level).toBeGreaterThan(0.9 * total);
    const spent = (await readSpend(store(), key)).map((row) => [row.stripe, row.requests, row.spent]);
    expect(spent).toEqual([
      [1, 60, expect.closeTo(a.state().spent, 12)],
      [2, 1, expect.closeTo(b.state().spent, 12)],
    ]);
  });

  it('is gone on with after a farewell, by the next on its stripe', async () => {
    const first = await replica(1, 'a');
    first.decide(20, 'small');
    first.decide(1, 'large');
    await first.exchange.close();
    const { price, level } = first.state();
    const next = await replica(1, 'b');
    expect(next.state()).toMatchObject({ price, level, requests: 0, spent: 0 });
    next.decide(1, 'small');
    await next.look();
    expect(await readSpend(store(), key)).toMatchObject([{ requests: 22 }]);
  });

  it.each([
    ['on its stripe', 1],
    ['beside it', 2],
  ])('does not open anew after a kill: who comes %s has its price and an empty bucket', async (_, stripe) => {
    const killed = await replica(1, 'a');
    killed.decide(80, 'small');
    killed.decide(4, 'large');
    await killed.look();
    const next = await replica(stripe, 'b');
    expect(killed.state().price).toBeGreaterThan(0);
    expect(next.state().price).toBe(killed.state().price);
    expect(killed.state().level).toBeGreaterThan(0);
    expect(next.state().level).toBe(0);
  });

  it('inherits the debt of a killed replica', async () => {
    const killed = await replica(1, 'a');
    killed.decide(3, 'large');
    await killed.look();
    expect(killed.state().level).toBeLessThan(0);
    expect((await replica(1, 'b')).state().level).toBe(killed.state().level);
  });

  it('is told in the row of a new stripe once the old one is lost, and the old row is left to its successor', async () => {
    const [lost, other] = [await replica(1, 'a'), await replica(3, 'c')];
    lost.decide(20, 'small');
    await lost.look();
    lost.decide(5, 'small');
    const successor = await replica(1, 'b');
    successor.decide(4, 'small');
    await successor.look();
    const before = lost.state();
    lost.lose(2, 'a again');
    await lost.exchange.run([], []);
    expect(lost.state()).toMatchObject({ price: before.price, level: before.level });
    lost.decide(3, 'small');
    const living = ['a again', 'b', 'c'];
    await lost.look(living);
    const rows = await readSpend(store(), key);
    expect(rows).toMatchObject([
      { stripe: 1, requests: 29, state: { owner: 'b', state: { requests: 4 } } },
      { stripe: 2, requests: 3, state: { owner: 'a again', state: { requests: 3 } } },
    ]);
    await other.look(living);
    expect(other.state()).toMatchObject({ replicas: 3 });
  });

  it('receives what is given under its new name once, and nothing anew of what was given under the old one', async () => {
    const [lost, giver] = [await replica(1, 'a'), await replica(2, 'b')];
    giver.decide(60, 'small');
    lost.decide(1, 'large');
    const living = ['a', 'b', 'a again'];
    const total = () => lost.state().level + giver.state().level;
    const before = total();
    for (let i = 0; i < 3; i++) {
      await lost.look(living);
      await giver.look(living);
    }
    lost.lose(3, 'a again');
    for (let i = 0; i < 8; i++) {
      await lost.look(living);
      await giver.look(living);
      expect(total()).toBeLessThanOrEqual(before + 1e-12);
    }
    expect(lost.state().level).toBeGreaterThan(0.7 * giver.state().level);
  });

  it.each([
    ['the bucket of one that took its leave', true, 'small', 10],
    ['the debt of one that took its leave', true, 'large', 2],
    ['the debt of one that was killed', false, 'large', 2],
    ['no bucket of one that was killed', false, 'small', 10],
  ])('inherits with a new stripe %s', async (_, closed, arm, times) => {
    const gone = await replica(2, 'z');
    gone.decide(times, arm);
    await gone.look([]);
    if (closed) await gone.exchange.close();
    const lost = await replica(1, 'a');
    lost.decide(3, 'small');
    const { level } = lost.state();
    lost.lose(2, 'a again');
    await lost.exchange.run([], []);
    const left = closed ? gone.state().level : Math.min(0, gone.state().level);
    expect(lost.state().level).toBeCloseTo(level + left, 12);
    await lost.exchange.run([], []);
    expect(lost.state().level).toBeCloseTo(level + left, 12);
  });

  it('counts once what was told to the old row and could not be told to the new one at first', async () => {
    let away = false;
    const plugin: KyselyPlugin = {
      transformQuery: ({ node }) => node,
      // The statement has gone through by then.
      transformResult: ({ result }) => (away ? Promise.reject(new Error('away')) : Promise.resolve(result)),
    };
    const lost = await replica(1, 'a', { ...store(), db: store().db.withPlugin(plugin) });
    lost.decide(5, 'small');
    await lost.look();
    lost.decide(2, 'small');
    lost.lose(2, 'a again');
    away = true;
    await expect(lost.exchange.run([], [])).rejects.toThrow('away');
    lost.decide(4, 'small');
    away = false;
    await lost.exchange.run([], []);
    lost.decide(1, 'small');
    await lost.exchange.close();
    expect(await readSpend(store(), key)).toMatchObject([
      { stripe: 1, requests: 11 },
      { stripe: 2, requests: 1, state: { closed: true } },
    ]);
  });

  it('counts a row once whose writing was answered by an error, and what came after it too', async () => {
    let lose = false;
    const plugin: KyselyPlugin = {
      transformQuery: ({ node }) => node,
      // The statement has gone through by then.
      transformResult: ({ result }) => {
        if (!lose) return Promise.resolve(result);
        lose = false;
        return Promise.reject(new Error('the answer was lost'));
      },
    };
    const one = await replica(1, 'a', { ...store(), db: store().db.withPlugin(plugin) });
    one.decide(5, 'small');
    await one.look();
    one.decide(7, 'small');
    lose = true;
    await expect(one.look()).rejects.toThrow('the answer was lost');
    one.decide(2, 'small');
    await one.look();
    expect(await readSpend(store(), key)).toMatchObject([
      { requests: 14, spent: expect.closeTo(one.state().spent, 12) as number, state: { state: { requests: 14 } } },
    ]);
  });
});

describe('what a process has spent of its budgets', () => {
  const state = (requests: number, spent: number) => ({ [name]: { requests, spent } as BudgetState });

  it('begins with nothing, and goes on where a budget is taken back and declared anew', () => {
    const spend = new SpendHere(state(3, 0.5));
    expect(spend.of(name)).toEqual({ requests: 0, spent: 0 });
    spend.note(state(5, 0.75));
    expect(spend.of(name)).toEqual({ requests: 2, spent: 0.25 });
    // Between two looks.
    spend.note(state(1, 0.125));
    expect(spend.of(name)).toEqual({ requests: 3, spent: 0.375 });
    spend.note({});
    spend.note(state(2, 1));
    expect(spend.of(name)).toEqual({ requests: 5, spent: 1.375 });
  });
});

describe('rows of another make', () => {
  it('are let be', () => {
    const row = { budget: name, stripe: 1, requests: 1, spent: 1, state: { price: 1, level: 3 } };
    expect(budgetsAtStart([row], 1, now)).toEqual({});
  });
});
