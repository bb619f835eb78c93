/** The measurement of load, in short: that it measures. `npm run load` is the long form. */
import { rm } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { runLoad } from '../load/load.js';
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
    }
    const [overload] = report.overload;
    expect(overload.offered).toBeGreaterThan(0);
    expect(overload.goodput_per_s).toBeGreaterThan(0);
    expect(overload).toMatchObject({ replicas: 1, failed: 0 });
  });
});
