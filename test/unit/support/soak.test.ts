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
  const sample = (i: number, over: Partial<Sample['replicas'][0]> = {}): Sample => ({
    seconds: 10 * i,
    replicas: [
      ...[{ rss_mb: 150, heap_mb: 40, open_files: 30, active_handles: 12, failed_tasks: 0, maintenances: 1, folds: i }],
      {
        rss_mb: 150,
        heap_mb: 40,
        open_files: 30,
        active_handles: 12,
        failed_tasks: 0,
        maintenances: 1,
        folds: i,
        ...over,
      },
    ],
    database: { dead_rows: 500, state_mb: 1, connections: 8, days: 33, log_mb: 10 * i, statistics_mb: i },
  });
  const samples = (over: (i: number) => Partial<Sample['replicas'][0]>) =>
    Array.from({ length: 20 }, (_, i) => sample(i, over(i)));

  it('finds nothing where nothing grows but what is logged', () => {
    expect(
      judged(
        samples(() => ({})),
        0,
        3,
      ).faults,
    ).toEqual([]);
  });

  it('names what grew, and in which replica', () => {
    expect(
      judged(
        samples((i) => ({ heap_mb: 40 + i })),
        0,
        3,
      ).faults,
    ).toEqual([expect.stringContaining('replica 2 heap_mb rose by')]);
    expect(
      judged(
        samples((i) => ({ open_files: 30 + i })),
        0,
        3,
      ).faults,
    ).toEqual([expect.stringContaining('replica 2 open_files rose by')]);
  });

  it('says what went wrong, and what did not happen', () => {
    const { faults } = judged(
      samples(() => ({ failed_tasks: 2 })),
      5,
      0,
    );
    expect(faults).toEqual([
      '2 runs of tasks in the background failed',
      '5 requests were refused, failed or given up',
      'no day was dropped',
    ]);
  });
});
