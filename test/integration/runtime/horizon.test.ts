/** A router with a short half-life over many of them: memory lets go of what counts no more, the tables of nothing. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { REMEMBERED_EPOCHS } from '../../../policies/linear/forgetting.js';
import { SPARE_EPOCHS } from '../../../src/routing/horizon.js';
import type { Tradewind } from '../../../src/runtime/tradewind.js';
import { foldStripes } from '../../../src/store/fold-stripes.js';
import { loadStatistics } from '../../../src/store/load-statistics.js';
import { refold } from '../../../src/store/refold.js';
import type { Store } from '../../../src/store/store.js';
import { makeDatabase } from '../../support/every-store.js';
import { seededRandom } from '../../support/random.js';
import { beliefOf, smallRouter, startRealService, teach } from '../../support/real-service.js';

const key = { tenant: 'default', router: 'r' };
const patience = { timeout: 20_000, interval: 20 };
const begin = Date.now();
let now: number;
let databaseUrl: string;
const running: Tradewind[] = [];
beforeEach(async () => {
  now = begin;
  databaseUrl = await makeDatabase();
});
afterEach(() => Promise.all(running.splice(0).map((service) => service.close())));

async function start(): Promise<{ readonly service: Tradewind; readonly store: Store }> {
  const started = await startRealService({ place: { databaseUrl }, clock: () => now });
  running.push(started.service);
  return started;
}

const decide = async (service: Tradewind) => service.route({ router: 'r', context: { task: 'qa' } });
const memoryOf = async (service: Tradewind) => (await service.exportState('r')).statistics;
const epochNow = () => Math.floor(now / 1000);

it('comes to the same belief in a replica that ran throughout and in one that was just started', async () => {
  const { service: one, store } = await start();
  await one.createRouter(smallRouter('r', { half_life: '8s' }));
  const late = await Promise.all([decide(one), decide(one)]);
  for (const [round, seconds] of [0, 5, 100, 300, 320, 700, 705].entries()) {
    now = begin + seconds * 1000;
    await teach(one, 'r', 20, seededRandom(round));
    if (round === 3) await foldStripes(store);
  }
  // Long forgotten when they come, and when one of them is corrected.
  const tell = (accuracy: number, correction: boolean) =>
    one.feedback(
      late.map(({ feedback_token }) => ({ feedback_token: feedback_token!, metrics: { accuracy }, correction })),
    );
  expect(await tell(1, false)).toMatchObject([{ status: 'applied' }, { status: 'applied' }]);
  expect(await tell(0, true)).toMatchObject([{ status: 'applied' }, { status: 'applied' }]);

  const { service: two } = await start();
  await Promise.all([decide(one), decide(two)]);
  await vi.waitFor(() => expect(beliefOf(two, 'r')).toEqual(beliefOf(one, 'r')), patience);
  for (const service of [one, two])
    for (const { epoch } of await memoryOf(service))
      expect(epoch).toBeGreaterThan(epochNow() - REMEMBERED_EPOCHS - 2 * SPARE_EPOCHS);

  const [loaded, folded] = [await loadStatistics(store, key), await refold(store, key)];
  const cells = (statistics: typeof loaded.cells) =>
    statistics.map((cell) => [cell.key, Buffer.from(cell.statistics.toBytes()).toString('base64')]);
  expect(cells(loaded.cells)).toEqual(cells(folded.cells));
  expect(Math.min(...folded.cells.map((cell) => cell.key.epoch))).toBe(Math.floor(begin / 1000));
  await foldStripes(store);
  expect(cells((await loadStatistics(store, key)).cells)).toEqual(cells(folded.cells));
  const { decision_id } = await decide(two);
  expect(await two.explain('r', decision_id)).toMatchObject({ reproduced: true });
});

it('knows everything again that counts after its clock was put back', async () => {
  const { service: one } = await start();
  await one.createRouter(smallRouter('r', { half_life: '8s' }));
  await teach(one, 'r', 40, seededRandom(1));
  now = begin + 1000_000;
  await teach(one, 'r', 20, seededRandom(2));
  const oldest = async () => Math.min(...(await memoryOf(one)).map(({ epoch }) => epoch));
  expect(await oldest()).toBeGreaterThan(epochNow() - REMEMBERED_EPOCHS);
  now = begin + 20_000;
  const { decision_id } = await decide(one);
  expect(await one.explain('r', decision_id)).toMatchObject({ reproduced: true });
  await vi.waitFor(async () => expect(await oldest()).toBe(Math.floor(begin / 1000)), patience);
  const { service: two } = await start();
  await Promise.all([decide(one), decide(two)]);
  expect(beliefOf(two, 'r')).toEqual(beliefOf(one, 'r'));
});
