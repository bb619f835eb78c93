/** What a retraction took out of old days is gone with those days, and nobody may think they know the sums before it. */
import { afterAll, beforeAll, expect, it } from 'vitest';

import { applyOutcomes } from '../../../src/store/apply-outcomes.js';
import { foldStripe } from '../../../src/store/fold-stripes.js';
import { loadStatistics } from '../../../src/store/load-statistics.js';
import { maintain } from '../../../src/store/maintain.js';
import { migrate } from '../../../src/store/migrate.js';
import { openStore } from '../../../src/store/open-store.js';
import { dayMs } from '../../../src/store/partitions.js';
import { countRetractable, retract } from '../../../src/store/retract.js';
import { requestRetraction } from '../../../src/store/retractions.js';
import { statisticsAt } from '../../../src/store/statistics-at.js';
import type { Store } from '../../../src/store/store.js';
import { decisionId, outcome, targetOf } from '../../support/outcomes.js';

const key = { tenant: 'default', router: 'r' };
const question = { source: 'bad', since: new Date(0) };
const windowMs = 7 * dayMs;
const now = Date.now();

let store: Store;
beforeAll(async () => {
  store = await openStore({ memory: true });
  await migrate(store);
});
afterAll(() => store.close());

/** An outcome of a decision of so many days ago. */
async function report(daysAgo: number, source: string): Promise<void> {
  const { versions } = await loadStatistics(store, key);
  const row = outcome(key.router, { decisionId: decisionId(new Date(now - daysAgo * dayMs)), source });
  const stripe = { ...key, stripe: 1, version: versions[1] ?? 0 };
  await applyOutcomes(store, { stripe, owner: 'test', rows: [row], targetOf, receivedAt: new Date(now) });
}
const countAt = async (version: number, decidedAt: number): Promise<number> => {
  const cells = await statisticsAt(store, key, { versions: { 1: version }, decidedAt: new Date(decidedAt), windowMs });
  return cells.reduce((sum, { statistics }) => sum + statistics.count, 0);
};

it('lets decisions from before it be explained until the days that it reached into are dropped', async () => {
  await report(20, 'bad');
  await report(0, 'bad');
  await report(0, 'good');
  const { retraction } = await requestRetraction(store, key, { ...question, requestedBy: '', reason: '' }, 'test');
  expect(await retract(store, key, retraction, { worker: 'test', pauseMs: 0 })).toMatchObject({ outcomes: 2 });
  await report(0, 'good');
  await foldStripe(store, key, 1);
  expect(await countAt(3, now)).toBe(3);
  const hours = 3 * 3_600_000;
  expect(await countAt(4, now + hours)).toBe(1);

  await maintain(store, { retentionMs: 10 * dayMs });
  // Going back over the retraction would miss what it took out of the dropped day.
  await expect(countAt(3, now)).rejects.toMatchObject({ code: 'not-explainable' });
  expect(await countAt(4, now + hours)).toBe(1);
  expect((await loadStatistics(store, key)).cells[0].statistics.count).toBe(2);
});

it('cannot reach into days that were dropped before', async () => {
  await report(9, 'bad');
  expect(await countRetractable(store, key, question)).toBe(1);
  await maintain(store, { retentionMs: 8 * dayMs, now: new Date(now + 5 * dayMs) });
  expect(await countRetractable(store, key, question)).toBe(0);
});
