import { describe, expect, it } from 'vitest';

import { Metrics } from '../../../src/runtime/metrics.js';

describe('metrics of a process', () => {
  it('go on counting decisions from one reading to the next', async () => {
    const metrics = new Metrics();
    const read = async () => /tradewind_decisions_total\{router="r",arm="a"\} (\d+)/.exec(await metrics.text())?.[1];
    metrics.decisions.add('r', 'a');
    metrics.decisions.add('r', 'a');
    expect(await read()).toBe('2');
    expect(await read()).toBe('2');
    metrics.decisions.add('r', 'a');
    metrics.decisions.add('r', 'b');
    expect(await read()).toBe('3');
  });

  it('tell the time of deciding', async () => {
    const metrics = new Metrics();
    metrics.deciding.observe(7e-6);
    expect(await metrics.text()).toContain('tradewind_decide_seconds_bucket{le="0.00001"} 1');
  });

  it('tell the time of commits, of those that failed too', async () => {
    const metrics = new Metrics();
    expect(await metrics.timeCommit('feedback', () => Promise.resolve(7))).toBe(7);
    await expect(metrics.timeCommit('feedback', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await metrics.text()).toContain('tradewind_commit_seconds_count{kind="feedback"} 2');
  });
});
