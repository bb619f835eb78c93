import { describe, expect, it } from 'vitest';

import { FeedbackSchedule } from '../../../../src/cli/drive/feedback-schedule.js';
import { tableRow } from './table-rows.js';

const { outcomes } = tableRow({ accuracy: [0.25, 0.75], cost_usd: [0.1, 0.2], energy_j: [5, NaN] });

/** Tokens with the request at which their accuracy came, and the accuracy of those that came at the end. */
function run(options: { seed: number; lost: number; delay: number }, requests: number) {
  const schedule = new FeedbackSchedule(options);
  const came: [asked: number, reported: number][] = [];
  for (let i = 0; i < requests; i++)
    for (const item of schedule.take(String(i), outcomes, 1))
      if (item.metrics!['accuracy'] !== undefined) came.push([Number(item.feedback_token), i]);
  const rest = schedule.rest().map((item) => Number(item.feedback_token));
  return { came, rest, lost: schedule.lost };
}

describe('the feedback schedule', () => {
  it('reports what is known of energy and cost at once, of the arm that was chosen', () => {
    const schedule = new FeedbackSchedule({ seed: 1, lost: 1, delay: 0 });
    expect(schedule.take('t', outcomes, 0)).toEqual([{ feedback_token: 't', metrics: { cost_usd: 0.1, energy_j: 5 } }]);
    expect(schedule.take('u', outcomes, 1)).toEqual([{ feedback_token: 'u', metrics: { cost_usd: 0.2 } }]);
  });

  it('sends nothing empty when a table has scores only', () => {
    const schedule = new FeedbackSchedule({ seed: 1, lost: 1, delay: 0 });
    expect(schedule.take('t', tableRow({ accuracy: [1] }).outcomes, 0)).toEqual([]);
  });

  it('reports accuracy within the delay, and at once without one', () => {
    const { came } = run({ seed: 2, lost: 0, delay: 20 }, 500);
    expect(came.every(([asked, reported]) => reported >= asked && reported - asked <= 20)).toBe(true);
    expect(new Set(came.map(([asked, reported]) => reported - asked)).size).toBe(21);
    const prompt = run({ seed: 2, lost: 0, delay: 0 }, 50);
    expect(prompt.came).toEqual(Array.from({ length: 50 }, (_, i) => [i, i]));
  });

  it('reports out of order', () => {
    const { came } = run({ seed: 3, lost: 0, delay: 20 }, 200);
    const order = came.map(([asked]) => asked);
    expect(order).not.toEqual([...order].sort((a, b) => a - b));
  });

  it('reports each request once or never: what is lost, what came and the rest make up all', () => {
    const { came, rest, lost } = run({ seed: 4, lost: 0.3, delay: 30 }, 1000);
    const all = [...came.map(([asked]) => asked), ...rest];
    expect(new Set(all).size).toBe(all.length);
    expect(all.length + lost).toBe(1000);
    // A binomial with p = 0.3 and n = 1,000 has deviation 14.5; five of them.
    expect(Math.abs(lost - 300)).toBeLessThan(5 * 14.5);
    expect(rest.length).toBeGreaterThan(0);
  });

  it('is the same for the same seed and another for another', () => {
    const options = { lost: 0.1, delay: 10 };
    expect(run({ seed: 5, ...options }, 100)).toEqual(run({ seed: 5, ...options }, 100));
    expect(run({ seed: 5, ...options }, 100)).not.toEqual(run({ seed: 6, ...options }, 100));
  });
});
