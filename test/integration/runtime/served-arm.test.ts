/** What happened instead of what was decided: another arm served, or the chosen one failed. */
import { afterEach, expect, it } from 'vitest';

import type { RouteAnswer } from '../../../src/routing/request.js';
import type { Tradewind } from '../../../src/runtime/tradewind.js';
import { smallRouter, startRealService } from '../../support/real-service.js';

const minute = 60_000;
let now = Date.now();
let service: Tradewind | undefined;
afterEach(() => service?.close());

const breaker = { failures: 3, cooldown: '1m' };

async function start(): Promise<Tradewind> {
  now = Date.now();
  ({ service } = await startRealService({ clock: () => now }));
  await service.createRouter(smallRouter('r', { breaker, policy: { name: 'fixed', arm: 'large' }, floor: 0 }));
  return service;
}

const decide = async (given: Tradewind): Promise<RouteAnswer> => {
  // Time passes between a decision and the next, as it does.
  now += 10;
  return given.route({ router: 'r', context: { task: 'qa' } });
};
const failed = ({ feedback_token }: RouteAnswer) => [{ feedback_token: feedback_token!, failed: true }];
const excluded = ({ ranking }: RouteAnswer) => ranking.find(({ arm }) => arm === 'large')?.excluded;

it('teaches the arm that served, not the one that was chosen', async () => {
  const tradewind = await start();
  const answer = await decide(tradewind);
  expect(answer.arm).toBe('large');
  const item = { feedback_token: answer.feedback_token!, metrics: { accuracy: 1 }, served_arm: 'small' };
  expect(await tradewind.feedback([item])).toMatchObject([{ status: 'applied' }]);
  const { statistics } = await tradewind.exportState('r');
  expect(statistics.map(({ arm, metric }) => [arm, metric])).toEqual([['small', 'accuracy']]);
  const unknown = { ...item, feedback_token: (await decide(tradewind)).feedback_token!, served_arm: 'nobody' };
  expect(await tradewind.feedback([unknown])).toMatchObject([{ status: 'rejected', code: 'unknown-arm' }]);
});

it('holds out an arm that fails several times in a row, tries it after a while, and takes it back', async () => {
  const tradewind = await start();
  for (let i = 0; i < 2; i++) await tradewind.feedback(failed(await decide(tradewind)));
  expect(excluded(await decide(tradewind))).toBeUndefined();
  await tradewind.feedback(failed(await decide(tradewind)));
  const without = await decide(tradewind);
  expect(without.arm).not.toBe('large');
  expect(excluded(without)).toMatch(/fail/);
  expect(tradewind.overview('r').broken).toEqual(['large']);
  const { body } = await tradewind.metrics();
  expect(body).toContain('tradewind_breaker_open{router="r",arm="large"} 1');
  expect(body).toContain('tradewind_breaker_open{router="r",arm="small"} 0');

  now += minute;
  const trial = await decide(tradewind);
  expect(trial.arm).toBe('large');
  // One request at a time may try.
  expect((await decide(tradewind)).arm).not.toBe('large');
  const item = { feedback_token: trial.feedback_token!, metrics: { accuracy: 1 } };
  expect(await tradewind.feedback([item])).toMatchObject([{ status: 'applied' }]);
  expect((await decide(tradewind)).arm).toBe('large');
  expect(tradewind.overview('r').broken).toEqual([]);
});

it('counts a failure once however often it is reported, and a success in between ends the row', async () => {
  const tradewind = await start();
  const answer = await decide(tradewind);
  for (let i = 0; i < 4; i++) await tradewind.feedback(failed(answer));
  expect((await decide(tradewind)).arm).toBe('large');
  await tradewind.feedback(failed(await decide(tradewind)));
  const good = await decide(tradewind);
  await tradewind.feedback([{ feedback_token: good.feedback_token!, metrics: { accuracy: 1 } }]);
  for (let i = 0; i < 2; i++) await tradewind.feedback(failed(await decide(tradewind)));
  expect((await decide(tradewind)).arm).toBe('large');
  await tradewind.feedback(failed(await decide(tradewind)));
  expect((await decide(tradewind)).arm).not.toBe('large');
});

it('waits longer after each trial that fails', async () => {
  const tradewind = await start();
  for (let i = 0; i < 3; i++) await tradewind.feedback(failed(await decide(tradewind)));
  now += minute;
  const trial = await decide(tradewind);
  expect(trial.arm).toBe('large');
  await tradewind.feedback(failed(trial));
  now += minute;
  expect((await decide(tradewind)).arm).not.toBe('large');
  now += minute;
  expect((await decide(tradewind)).arm).toBe('large');
});

const energy = { metrics: { energy_j: 3 } };
it.each([
  ['in one item', [{ ...energy, failed: true }]],
  ['in an item before', [energy, { failed: true }]],
  ['in an item after', [{ failed: true }, energy]],
])('counts a failure whose energy is told %s', async (_order, items) => {
  const tradewind = await start();
  const fail = async ({ feedback_token }: RouteAnswer) => {
    for (const item of items) {
      const told = await tradewind.feedback([{ feedback_token: feedback_token!, ...item }]);
      expect(told).toMatchObject([{ status: 'applied' }]);
    }
  };
  for (let i = 0; i < 3; i++) {
    const answer = await decide(tradewind);
    expect(answer.arm).toBe('large');
    await fail(answer);
  }
  expect((await decide(tradewind)).arm).not.toBe('large');
  now += minute;
  const trial = await decide(tradewind);
  expect(trial.arm).toBe('large');
  await fail(trial);
  now += minute;
  expect((await decide(tradewind)).arm).not.toBe('large');
  now += minute;
  expect((await decide(tradewind)).arm).toBe('large');
});
