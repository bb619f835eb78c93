/** How old what the others learned is when it is in the view here, and what else a replica tells Prometheus. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';

import type { Tradewind } from '../../../src/runtime/tradewind.js';
import { makeDatabase } from '../../support/every-store.js';
import { beliefOf, smallRouter, startRealService } from '../../support/real-service.js';

const patience = { timeout: 20_000, interval: 20 };
let [one, two]: Tradewind[] = [];
beforeAll(async () => {
  const place = { databaseUrl: await makeDatabase() };
  ({ service: one } = await startRealService({ place }));
  // An hour ahead: ages are told by the clock of the database.
  ({ service: two } = await startRealService({ place, clock: () => Date.now() + 3_500_000 }));
  await one.createRouter(smallRouter('r'));
  await vi.waitFor(() => two.readRouter('r'), patience);
});
afterAll(() => Promise.all([one.close(), two.close()]));

const figures = async (service: Tradewind, name: string): Promise<Record<string, number>> => {
  const lines = (await service.metrics()).body.split('\n').filter((line) => line.startsWith(name));
  return Object.fromEntries(lines.map((line) => [line.replace(/ [^ ]*$/, ''), Number(line.split(' ').at(-1))]));
};
const staleness = (service: Tradewind) => figures(service, 'tradewind_view_staleness_seconds');

async function report(service: Tradewind): Promise<void> {
  const { feedback_token } = await service.route({ router: 'r', context: { task: 'qa' } });
  await service.feedback([{ feedback_token: feedback_token!, metrics: { accuracy: 1 } }]);
}

it.each([
  ['whose clock is an hour ahead', () => [two, one] as const],
  ['whose clock is right', () => [one, two] as const],
])('is measured for each batch that a replica %s took in, and not for its own', async (_whose, pair) => {
  const [teacher, learner] = pair();
  const [own, before] = [await staleness(teacher), await staleness(learner)];
  await report(teacher);
  await vi.waitFor(() => expect(beliefOf(learner, 'r')).toEqual(beliefOf(teacher, 'r')), patience);
  const after = await staleness(learner);
  expect(after['tradewind_view_staleness_seconds_count']).toBe(before['tradewind_view_staleness_seconds_count'] + 1);
  const age = after['tradewind_view_staleness_seconds_sum'] - before['tradewind_view_staleness_seconds_sum'];
  expect(age).toBeGreaterThan(0);
  // Not the hour that the clocks differ by.
  expect(age).toBeLessThan(60);
  expect(await staleness(teacher)).toEqual(own);
});

it('tells what the tasks in the background did, how far the log is behind, and which migration the database has', async () => {
  await vi.waitFor(async () => {
    const runs = await figures(one, 'tradewind_task_runs_total');
    expect(runs['tradewind_task_runs_total{task="follow",outcome="success"}']).toBeGreaterThan(0);
  }, patience);
  const last = await figures(one, 'tradewind_task_last_success_timestamp_seconds');
  expect(last['tradewind_task_last_success_timestamp_seconds{task="follow"}']).toBeCloseTo(Date.now() / 1_000, -3);
  expect(Object.keys(await figures(one, 'tradewind_schema_migrations'))[0]).toMatch(/newest="\d{4}-/);
  expect(await figures(one, 'tradewind_partitions_total')).toMatchObject({
    'tradewind_partitions_total{change="made"}': 5,
    'tradewind_partitions_total{change="dropped"}': 0,
  });
  await vi.waitFor(async () => {
    expect(await figures(one, 'tradewind_decision_log_lag')).toEqual({ tradewind_decision_log_lag_seconds: 0 });
  }, patience);
});

it('makes no label of what a caller calls a router', async () => {
  await two.feedback([{ decision_id: 'nonsense', router: 'made up', metrics: { accuracy: 1 } }]).catch(() => undefined);
  const token = { feedback_token: 'forged', router: 'made up', metrics: { accuracy: 1 } };
  expect(await two.feedback([token])).toMatchObject([{ status: 'rejected' }]);
  const told = Object.keys(await figures(two, 'tradewind_feedback_total'));
  expect(told).toContain('tradewind_feedback_total{router="unknown",status="rejected"}');
  expect(told.join()).not.toContain('made up');
});
