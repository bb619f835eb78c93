/** The measurement of load, in short: that it measures. `npm run load` is the long form. */
import { rm } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { runFeedback } from '../load/feedback-only.js';
import { runGrowth } from '../load/growth.js';
import { runLoad } from '../load/load.js';
import { runSoak } from '../load/soak/soak.js';
import { careless } from '../support/postgres-server.js';
import { transpileProgram } from '../support/transpiled-program.js';

const timeout = 300_000;

let program: string;
beforeAll(async () => {
  program = await transpileProgram();
}, timeout);
afterAll(() => rm(program, { recursive: true, force: true }));

describe('the measurement of load', () => {
  it('tells what one replica did of what was offered, step by step and beyond', { timeout }, async () => {
    // A limit that no machine breaks within these seconds, however busy it is.
    const limits = { p99LimitMs: 60_000, rates: [40, 80], seconds: 1 };
    const report = await runLoad({ program, replicas: [1], feedbackBatch: 10, settings: careless, ...limits });
    expect(report.machine).toMatch(/Node v\d+/);
    expect(report.steps[0]).toMatchObject({ replicas: 1, offered: 40 });
    for (const row of report.steps) {
      expect(row.decisions_per_s).toBeGreaterThan(0);
      expect(row.decisions_per_s).toBeLessThanOrEqual(row.offered);
      expect(row.feedback_per_s).toBeGreaterThan(0);
      expect(row.feedback_per_s).toBeLessThanOrEqual(row.offered);
      expect(row.p50_ms).toBeGreaterThan(0);
      expect(row.p99_ms).toBeGreaterThanOrEqual(row.p50_ms);
      expect(row.p999_ms).toBeGreaterThanOrEqual(row.p99_ms);
      expect(row.errors).toBeTypeOf('number');
      expect(row.cpu_us_per_request).toBeGreaterThan(0);
      expect(row.rss_mb).toBeGreaterThan(0);
      expect(row.wal_bytes_per_row).toBeGreaterThan(0);
      expect(row.table_bytes_per_row).toBeGreaterThanOrEqual(0);
    }
    const [overload] = report.overload;
    expect(overload.offered).toBeGreaterThan(0);
    expect(overload.goodput_per_s).toBeGreaterThan(0);
    expect(overload).toMatchObject({ replicas: 1, failed: 0 });
  });

  it('tells what outcomes alone take', { timeout }, async () => {
    const options = { replicas: [1], seconds: 1, rates: [100], feedbackBatch: 5, settings: careless };
    const { feedback } = await runFeedback({ program, ...options });
    expect(feedback).toHaveLength(1);
    expect(feedback[0]).toMatchObject({ replicas: 1, offered: 100, errors: 0 });
    expect(feedback[0].outcomes_per_s).toBeGreaterThan(0);
    expect(feedback[0].wal_bytes_per_outcome).toBeGreaterThan(0);
  });

  it('tells what the same load costs with more routers and longer logs', { timeout }, async () => {
    const options = { routers: [2], rows: [300, 3000], rate: 20, seconds: 1, feedbackBatch: 10, settleSeconds: 1 };
    const { growth } = await runGrowth({ program, ...options });
    expect(growth.map(({ routers }) => routers)).toEqual([2, 1, 1]);
    expect(growth[1].stored_rows).toBe(300);
    expect(growth[2].stored_rows).toBe(3000);
    for (const row of growth) expect(row).toMatchObject({ errors: 0 });
    for (const row of growth.slice(1)) {
      expect(row.by_id_p50_ms).toBeGreaterThan(0);
      expect(row.days).toBeGreaterThan(6);
      expect(row.days_touched).toBe(1);
    }
  });

  it('goes on for a while, makes and drops days, and says whether anything grew', { timeout }, async () => {
    const options = { minutes: 0.25, replicas: 2, rate: 20, feedbackBatch: 5, sampleSeconds: 1, settings: careless };
    const report = await runSoak({ program, ...options });
    expect(report).toMatchObject({ errors: 0, minutes: 0.25 });
    expect(report.days_dropped).toBeGreaterThan(0);
    expect(report.days_made).toBeGreaterThan(0);
    expect(report.samples.length).toBeGreaterThan(5);
    expect(Object.keys(report.trends)).toEqual(expect.arrayContaining(['replica 2 heap_mb', 'database dead_rows']));
    // A quarter of a minute is warming up: what it says of memory is not asked for here.
    expect(report.faults.filter((words) => !/_mb rose/.test(words))).toEqual([]);
  });
});
