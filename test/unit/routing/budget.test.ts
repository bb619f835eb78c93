import { describe, expect, it } from 'vitest';

import {
  allowanceOf,
  aim,
  bucketRequests,
  ceilingOf,
  charge,
  openBudget,
  priceOf,
  priceStep,
  restingShare,
  settle,
  type BudgetState,
} from '../../../src/routing/budget.js';

const perRequest = { metric: 'cost_usd', per_request: 2 };
const perDay = { metric: 'energy_j', limit: 86_400, per: '1d' };
const start = 1_700_000_000_000;

function charged(times: number, spend: number, budget: typeof perRequest | typeof perDay, gapMs = 0): BudgetState {
  let state = openBudget(budget, start);
  for (let k = 1; k <= times; k++) state = charge(budget, state, spend, start + k * gapMs);
  return state;
}

describe('a budget per request', () => {
  it('starts without a price and with a small part of its bucket', () => {
    const state = openBudget(perRequest, start);
    expect(priceOf(perRequest, state)).toBe(0);
    expect(state.level).toBeLessThan(0.1 * bucketRequests * 2);
    expect(allowanceOf(perRequest, state, start)).toBe(state.level + 2 * aim);
  });

  it('moves the price by the declared step for what is spent beyond the ceiling', () => {
    // At its resting level after the refill: the level pulls neither way.
    const resting = { ...openBudget(perRequest, start), level: (bucketRequests * restingShare - aim) * 2, price: 0.1 };
    expect(charge(perRequest, resting, 2 * (aim + 1), start).price).toBeCloseTo(0.1 + priceStep, 12);
    expect(charge(perRequest, resting, 2 * (aim - 0.5), start).price).toBeCloseTo(0.1 - 0.5 * priceStep, 12);
  });

  it('raises the price while the bucket is empty, though spend is just the ceiling', () => {
    expect(charged(100, 2, perRequest).price).toBeGreaterThan(charged(50, 2, perRequest).price);
  });

  it('never holds more than a full bucket', () => {
    const state = charged(1000, 0, perRequest);
    expect(allowanceOf(perRequest, state, start)).toBe(bucketRequests * 2);
  });

  it('takes back or gives back what a bill differs from what was expected, in any order', () => {
    const state = charged(10, 3, perRequest);
    const forth = [4, -1, 0.5].reduce((s, d) => settle(perRequest, s, d), state);
    const back = [0.5, -1, 4].reduce((s, d) => settle(perRequest, s, d), state);
    expect(forth.spent).toBeCloseTo(30 + 3.5, 12);
    expect(forth.level).toBeCloseTo(state.level - 3.5, 12);
    expect(back.level).toBeCloseTo(forth.level, 12);
    expect(back.price).toBeCloseTo(forth.price, 12);
  });

  it('cannot be wound up for ever by a ceiling that no arm keeps, nor frozen by one absurd bill', () => {
    expect(charged(10_000, 1e6, perRequest).price).toBe(5);
    expect(settle(perRequest, openBudget(perRequest, start), 1e300).price).toBeLessThan(0.02);
  });
});

describe('a budget per time', () => {
  it('refills with time, evenly', () => {
    const state = openBudget(perDay, start);
    expect(allowanceOf(perDay, state, start + 60_000) - allowanceOf(perDay, state, start)).toBeCloseTo(60 * aim, 9);
  });

  it('learns what a request may cost from the traffic', () => {
    expect(ceilingOf(perDay, openBudget(perDay, start))).toBe(0);
    // One request in ten seconds, at one joule a second.
    expect(ceilingOf(perDay, charged(1000, 1, perDay, 10_000))).toBeCloseTo(10, 1);
    expect(ceilingOf(perDay, charged(40_000, 1, perDay, 10_000))).toBeCloseTo(10, 1);
  });

  it('is not thrown by a burst at the start, or by a clock that goes back', () => {
    const burst = charged(50, 1, perDay);
    expect(ceilingOf(perDay, burst)).toBeCloseTo(86.4 / 50, 2);
    const back = charge(perDay, burst, 1, start - 1000);
    expect(back.at).toBe(start);
    expect(Number.isFinite(back.level)).toBe(true);
  });

  it('holds enough for several requests where they are few', () => {
    const state = charged(20, 1000, perDay, 2 * 3_600_000);
    expect(ceilingOf(perDay, state)).toBeGreaterThan(5000);
    expect(allowanceOf(perDay, state, start + 40 * 86_400_000)).toBe(43_200);
  });
});

describe('budget state', () => {
  it('comes back the same from JSON and goes on the same', () => {
    const state = charged(100, 3, perDay, 700);
    const restored = JSON.parse(JSON.stringify(state)) as BudgetState;
    expect(restored).toEqual(state);
    expect(charge(perDay, restored, 2, state.at + 5)).toEqual(charge(perDay, state, 2, state.at + 5));
  });

  it.each([NaN, Infinity, -1])('refuses to be charged %s', (spend) => {
    expect(() => charge(perRequest, openBudget(perRequest, start), spend, start)).toThrow(RangeError);
  });

  it.each([NaN, Infinity, -Infinity])('refuses to settle %s', (value) => {
    const state = openBudget(perRequest, start);
    expect(() => settle(perRequest, state, value)).toThrow(RangeError);
  });
});
