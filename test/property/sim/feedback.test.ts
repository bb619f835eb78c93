import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { delayed, duplicated, lost, poisoned, shuffledFeedback } from '../../../sim/disturbances/feedback.js';
import { chanceOf } from '../../../sim/random.js';
import type { Report } from '../../../sim/worlds/delivery.js';
import type { World } from '../../../sim/worlds/world.js';
import { countingWorld } from '../../unit/sim/disturbances/worlds.js';

interface Arrival {
  readonly report: Report;
  readonly at: number;
}

/** Sends one report per request and takes what arrives. */
function deliver(world: World, requests: number, seed = 1): Arrival[] {
  const delivery = world.delivery!(chanceOf(seed, 'delivery'));
  const arrivals: Arrival[] = [];
  for (let request = 0; request < requests; request++) {
    delivery.send({ request, arm: request % 2 ? 'b' : 'a', metrics: { accuracy: 0.25, cost_usd: request } }, request);
    arrivals.push(...delivery.receive(request).map((report) => ({ report, at: request })));
  }
  arrivals.push(...delivery.rest().map((report) => ({ report, at: requests })));
  return arrivals;
}

const requestsOf = (arrivals: readonly Arrival[]) => arrivals.map(({ report }) => report.request);
const ascending = (values: readonly number[]) => [...values].sort((a, b) => a - b);
const everyOne = (count: number) => Array.from({ length: count }, (_, i) => i);

/** Four standard errors of a share of 2,000 reports. */
const CLOSE = 4 * Math.sqrt(0.25 / 2000);

describe('disturbed feedback', () => {
  it('that is late or shuffled arrives once each, late by no more than was asked for, in any composition', () => {
    const stages = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 30 })), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(stages, fc.integer({ min: 1, max: 99 }), (chosen, seed) => {
        const world = chosen.reduce(
          (inner, [late, size]) => (late ? delayed(inner, size) : shuffledFeedback(inner, size)),
          countingWorld(),
        );
        const arrivals = deliver(world, 80, seed);
        expect(ascending(requestsOf(arrivals))).toEqual(everyOne(80));
        const most = chosen.reduce((sum, [, size]) => sum + size, 0);
        if (chosen.every(([late]) => late)) {
          for (const { report, at } of arrivals) expect(at - report.request).toBeLessThanOrEqual(most);
        }
        for (const { report, at } of arrivals) expect(at).toBeGreaterThanOrEqual(report.request);
      }),
      { numRuns: 50 },
    );
  });

  it('really is out of order when it is delayed or shuffled', () => {
    for (const world of [delayed(countingWorld(), 20), shuffledFeedback(countingWorld(), 20)]) {
      expect(requestsOf(deliver(world, 100))).not.toEqual(everyOne(100));
    }
  });

  it('is lost in the share asked for, and from the arm asked for', () => {
    const share = deliver(lost(countingWorld(), 0.3), 2000).length / 2000;
    expect(Math.abs(share - 0.7)).toBeLessThan(CLOSE);
    const arrivals = deliver(lost(countingWorld(), { a: 1 }), 200);
    expect(arrivals).toHaveLength(100);
    expect(arrivals.every(({ report }) => report.arm === 'b')).toBe(true);
  });

  it('comes twice in the share asked for, the same both times', () => {
    const arrivals = deliver(duplicated(countingWorld(), 0.3), 2000);
    expect(Math.abs(arrivals.length / 2000 - 1.3)).toBeLessThan(CLOSE);
    expect(new Set(arrivals.map(({ report }) => JSON.stringify(report))).size).toBe(2000);
  });

  it('is false from the share of clients that lie, and in the one metric they lie about', () => {
    const arrivals = deliver(poisoned(countingWorld(), { share: 0.2 }), 2000);
    const lies = arrivals.filter(({ report }) => report.metrics.accuracy === 0.75).length;
    expect(Math.abs(lies / 2000 - 0.2)).toBeLessThan(CLOSE);
    expect(arrivals.every(({ report }) => report.metrics.cost_usd === report.request)).toBe(true);
  });

  it('says whose it is, and the same clients lie in all their reports', () => {
    const arrivals = deliver(poisoned(countingWorld(), { share: 0.125, clients: 8 }), 2000);
    const told = new Set(arrivals.map(({ report: { client, metrics } }) => `${client} says ${metrics.accuracy}`));
    expect([...told].sort()).toEqual(everyOne(8).map((client) => `${client} says ${client === 0 ? 0.75 : 0.25}`));
  });

  it('comes from one client whether it comes once or twice, about one metric or two', () => {
    const twice = deliver(poisoned(duplicated(countingWorld(), 1), { share: 0.5, clients: 2 }), 200);
    expect(new Set(twice.map(({ report }) => JSON.stringify(report))).size).toBe(200);
    const both = poisoned(poisoned(countingWorld(), { share: 0.5, clients: 2 }), {
      share: 0.5,
      metric: 'cost_usd',
      times: 3,
    });
    for (const { report } of deliver(both, 200)) {
      const { accuracy, cost_usd } = report.metrics;
      expect(cost_usd).toBe(accuracy === 0.75 ? 3 * report.request : report.request);
    }
  });

  it.each([
    () => lost(countingWorld(), 2),
    () => lost(countingWorld(), { a: -1 }),
    () => delayed(countingWorld(), -1),
    () => shuffledFeedback(countingWorld(), 0),
    () => poisoned(countingWorld(), { share: NaN }),
    () => poisoned(countingWorld(), { share: 0.125 }),
    () => poisoned(countingWorld(), { share: 0, clients: 0 }),
    () => poisoned(countingWorld(), { share: 0, metric: 'cost_usd' }),
    () => poisoned(countingWorld(), { share: 0, metric: 'beauty', times: 2 }),
    () => poisoned(countingWorld(), { share: 0, times: -1 }),
    () => poisoned(poisoned(countingWorld(), { share: 0, clients: 8 }), { share: 0, clients: 9 }),
  ])('is refused where a number makes no sense: %s', (make) => {
    expect(make).toThrow(RangeError);
  });
});
