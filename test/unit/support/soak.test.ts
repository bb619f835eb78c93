import { describe, expect, it } from 'vitest';

import type { Sample } from '../../load/soak/sample.js';
import { judged } from '../../load/soak/soak.js';
import { trendOf, type Reading } from '../../load/soak/trend.js';
import { seededRandom } from '../../support/random.js';

const count = 60;
const readings = (valueOf: (i: number) => number): Reading[] =>
  Array.from({ length: count }, (_, i) => ({ seconds: 10 * i, value: valueOf(i) }));
const tolerance = { part: 0.05, amount: 2 };

describe('the trend of what is looked at again and again', () => {
  it('is the line through the second half, whatever came before', () => {
    const trend = trendOf(
      readings((i) => (i < count / 2 ? 1000 * i : 100 + i)),
      tolerance,
    );
    expect(trend.slope_per_hour).toBeCloseTo(360, 9);
    expect(trend.rise).toBeCloseTo(29, 9);
    expect(trend.tolerated).toBeCloseTo(0.05 * trend.mean, 9);
    expect(trend.grows).toBe(true);
  });

  it('is no growth where it scatters, falls, or rises less than is tolerated', () => {
    const random = seededRandom(3);
    const noisy = readings(() => 100 + 50 * (random.number() - 0.5));
    for (const series of [noisy, readings((i) => 100 - i), readings((i) => 100 + i / 100), readings(() => 7)])
      expect(trendOf(series, tolerance).grows).toBe(false);
  });

  it('is growth also where it scatters, if it rises by more', () => {
    const random = seededRandom(4);
    expect(
      trendOf(
        readings((i) => 100 + i + 10 * (random.number() - 0.5)),
        tolerance,
      ).grows,
    ).toBe(true);
  });

  it('needs readings', () => {
    expect(() => trendOf(readings(() => 1).slice(0, 5), tolerance)).toThrow('at least 6 readings, got 5');
  });
});

describe('what a soak concludes', () => {
  const replica = { rss_mb: 150, heap_mb: 40, open_files: 30, active_handles: 12, failed_tasks: 0, maintenances: 1 };
  const samples = (over: (i: number) => Partial<Sample['replicas'][0]>, stepSeconds = 10): Sample[] =>
    Array.from({ length: 20 }, (_, i) => ({
      seconds: stepSeconds * i,
      replicas: [
        { ...replica, folds: i },
        { ...replica, folds: i, ...over(i) },
      ],
      database: { dead_rows: 500, state_mb: 1, connections: 8, days: 33, log_mb: 10 * i, statistics_mb: i },
    }));
  const steady = samples(() => ({}));
  const done = { errors: 0, days_passed: 20, days_made: 20, days_dropped: 19, folds: 40 };

  it('finds nothing where nothing grows but what is logged, and all that was due was done', () => {
    expect(judged(steady, done).faults).toEqual([]);
  });

  it('names what grew, and in which replica', () => {
    const faultsOf = (over: (i: number) => Partial<Sample['replicas'][0]>) => judged(samples(over), done).faults;
    expect(faultsOf((i) => ({ heap_mb: 40 + i }))).toEqual([expect.stringContaining('replica 2 heap_mb rose by')]);
    expect(faultsOf((i) => ({ open_files: 30 + i }))).toEqual([
      expect.stringContaining('replica 2 open_files rose by'),
    ]);
  });

  it('says what went wrong', () => {
    const failing = samples(() => ({ failed_tasks: 2 }));
    expect(judged(failing, { ...done, errors: 5 }).faults).toEqual([
      '2 runs of tasks in the background failed',
      '5 requests were refused, failed or given up',
    ]);
  });

  it.each([
    [{ days_passed: 0, days_made: 0, days_dropped: 0 }, 'no day passed'],
    [{ days_made: 19 }, '19 of 20 days were made'],
    [{ days_dropped: 18 }, '18 of 19 days were dropped'],
    [{ folds: 0 }, 'no stripe was folded'],
  ])('says what did not happen: %j', (over, words) => {
    expect(judged(steady, { ...done, ...over }).faults).toEqual([words]);
  });

  it('demands that a replica maintains the logs itself once an hour has passed', () => {
    const idle = (stepSeconds: number) =>
      judged(
        samples(() => ({ maintenances: 0 }), stepSeconds),
        done,
      ).faults;
    expect(idle(10)).toEqual([]);
    expect(idle(200)).toEqual(['replica 2 never maintained the logs']);
  });
});
