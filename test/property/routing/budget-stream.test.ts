import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  absorb,
  allowanceOf,
  bucketRequests,
  charge,
  openBudget,
  priceOf,
  settle,
} from '../../../src/routing/budget.js';
import type { Budget } from '../../../src/routing/spec.js';
import { hindsight, play, seeded, worlds } from './spend-worlds.js';

const perRequest = { metric: 'cost_usd', per_request: 1 };
const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

describe.each(Object.entries(worlds))('a budget per request in a world of %s', (_, world) => {
  // 0.7 and 1.4: beliefs that expect much less or more than is spent, which learning would mend.
  it.each([1, 0.7, 1.4])(
    'keeps the mean spend within the ceiling and uses it, when beliefs say %s times the truth',
    (bias) => {
      const spends = seeds.map((seed) => play(world, perRequest, { requests: 3000, seed, bias }).meanSpend);
      expect(mean(spends)).toBeLessThanOrEqual(1);
      expect(Math.max(...spends)).toBeLessThanOrEqual(1.02);
      // It aims at 0.99, and what overflows a bucket that rests near full is not spent.
      expect(mean(spends)).toBeGreaterThan(0.94);
    },
  );

  it('finds nearly the quality of the best price in hindsight', () => {
    const qualities = seeds.slice(0, 4).map((seed) => play(world, perRequest, { requests: 20_000, seed }).meanQuality);
    // Two arms close to the ceiling are worst: 0.03 of spend left is 0.03 · 0.2/0.2 of quality there.
    expect(hindsight(world, 99) - mean(qualities)).toBeLessThan(0.02);
  });
});

describe('a budget per time', () => {
  const perDay = { metric: 'energy_j', limit: 17_280, per: '1d' };
  const traffics: Readonly<Record<string, (hours: number) => number>> = {
    'even traffic': () => 5000,
    'quiet nights': (hours) => (hours % 24 < 8 ? 40_000 : 3500),
    'a burst every quarter of an hour': (hours) => ((hours * 4) % 1 < 0.07 ? 350 : 60_000),
  };

  it.each(Object.entries(traffics))('is kept and used under %s', (_, gapMs) => {
    for (const seed of seeds.slice(0, 3)) {
      const { spent, hours } = play(worlds['eight arms'], perDay, { requests: 40_000, seed, gapMs });
      const used = spent / (17_280 * (hours / 24));
      expect(used).toBeLessThanOrEqual(1.02);
      expect(used).toBeGreaterThan(0.9);
    }
  });

  it('is kept and used by a dozen requests a day', () => {
    const budget = { metric: 'energy_j', limit: 10.8, per: '1d' };
    const { spent, hours } = play(worlds['eight arms'], budget, { requests: 600, seed: 3, gapMs: () => 8e6 });
    const used = spent / (10.8 * (hours / 24));
    expect(used).toBeLessThanOrEqual(1.02);
    expect(used).toBeGreaterThan(0.9);
  });
});

describe('replicas that share a budget', () => {
  // One request in 8.64 s makes 10,000 a day, so either budget is worth 1 per request.
  const gapMs = 8640;
  const budgets: readonly [string, Budget][] = [
    ['per request', perRequest],
    ['per time', { metric: 'energy_j', limit: 10_000, per: '1d' }],
  ];

  it.each(budgets)('keep it together when they take in each other’s sums now and then, %s', (_, budget) => {
    const random = seeded(11);
    const world = worlds['eight arms'];
    let now = 1_700_000_000_000;
    const replicas = [0, 1].map(() => ({ state: openBudget(budget, now), seen: { requests: 0, spent: 0 } }));
    let spent = 0;
    const requests = 20_000;
    for (let k = 0; k < requests; k++) {
      now += gapMs;
      const replica = replicas[k % 2];
      const qualities = world.qualities(random);
      const [price, allowance] = [priceOf(budget, replica.state), allowanceOf(budget, replica.state, now)];
      const value = (i: number) =>
        i > 0 && world.spends[i] > allowance ? -Infinity : qualities[i] - price * world.spends[i];
      const arm = world.spends.reduce((top, _, i) => (value(i) > value(top) ? i : top), 0);
      spent += world.spends[arm];
      replica.state = charge(budget, replica.state, world.spends[arm], now);
      if (k % 40 < 2) {
        const { requests: theirs, spent: bill } = replicas[1 - (k % 2)].state;
        replica.state = absorb(budget, replica.state, {
          requests: theirs - replica.seen.requests,
          spent: bill - replica.seen.spent,
        });
        replica.seen = { requests: theirs, spent: bill };
      }
    }
    expect(spent / requests).toBeLessThanOrEqual(1.02);
    expect(spent / requests).toBeGreaterThan(0.95);
  });
});

describe('budget state under any stream', () => {
  const amount = fc.double({ min: 0, max: 1e12, noNaN: true });
  const event = fc.oneof(
    fc.record({ kind: fc.constant('charge' as const), amount, wait: fc.integer({ min: -1000, max: 1e9 }) }),
    fc.record({ kind: fc.constant('settle' as const), amount, wait: fc.constant(0) }),
    fc.record({ kind: fc.constant('refund' as const), amount, wait: fc.constant(0) }),
    fc.record({ kind: fc.constant('absorb' as const), amount, wait: fc.constant(0) }),
  );
  const budget = fc.oneof(
    fc.double({ min: 1e-9, max: 1e9, noNaN: true }).map((per_request): Budget => ({ metric: 'cost_usd', per_request })),
    fc.record({
      metric: fc.constant('energy_j'),
      limit: fc.double({ min: 1e-6, max: 1e12, noNaN: true }),
      per: fc.constantFrom('1s', '15m', '1d', '30d'),
    }),
  );

  it('stays finite, with a price in its range and a bucket no fuller than it may be', () => {
    fc.assert(
      fc.property(budget, fc.array(event, { maxLength: 60 }), (declared, events) => {
        let now = 1_700_000_000_000;
        let state = openBudget(declared, now);
        for (const { kind, amount: value, wait } of events) {
          now += wait;
          if (kind === 'charge') state = charge(declared, state, value, now);
          else if (kind === 'absorb') state = absorb(declared, state, { requests: 3, spent: value });
          else state = settle(declared, state, kind === 'settle' ? value : -value);
          expect(Object.values(state).every(Number.isFinite)).toBe(true);
          expect(state.price >= 0 && state.price <= 5).toBe(true);
          expect(Number.isFinite(priceOf(declared, state))).toBe(true);
          const most = 'per_request' in declared ? bucketRequests * declared.per_request : declared.limit;
          expect(allowanceOf(declared, state, now + 1e12)).toBeLessThanOrEqual(most);
          expect(JSON.parse(JSON.stringify(state))).toEqual(state);
        }
      }),
    );
  });
});
