/** On Postgres alone: a database with one connection lets nothing come between the statements of one who reads. */
import type { KyselyPlugin } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { applyOutcomes } from '../../../src/store/apply-outcomes.js';
import { catchUp } from '../../../src/store/catch-up.js';
import { loadStatistics } from '../../../src/store/load-statistics.js';
import { maintain } from '../../../src/store/maintain.js';
import { migrate } from '../../../src/store/migrate.js';
import { openStore } from '../../../src/store/open-store.js';
import { dayMs, startOfDay } from '../../../src/store/partitions.js';
import { refold } from '../../../src/store/refold.js';
import { statisticsAt } from '../../../src/store/statistics-at.js';
import type { Store } from '../../../src/store/store.js';
import { makeDatabase } from '../../support/every-store.js';
import { decisionId, outcome, targetOf } from '../../support/outcomes.js';

const start = startOfDay(new Date()).getTime();
const noon = (offset: number) => new Date(start + (offset + 0.5) * dayMs);
const apart = 40;

describe('days that are folded and dropped between the statements of one who reads', () => {
  let store: Store;
  let routers = 0;
  beforeAll(async () => {
    store = await openStore({ databaseUrl: await makeDatabase() });
    await migrate(store);
    await maintain(store);
  });
  afterAll(() => store.close());

  /** A router with one outcome, and a store whose log loses that day once the versions of its stripes were told. */
  async function raced(): Promise<{ key: { tenant: string; router: string }; store: Store; day: number }> {
    const day = apart * routers;
    const key = { tenant: 'default', router: `router-${routers++}` };
    const rows = [outcome(key.router, { decisionId: decisionId(noon(day)) })];
    const stripe = { ...key, stripe: 1, version: 0 };
    await applyOutcomes(store, { stripe, owner: 'test', rows, targetOf, receivedAt: noon(day) });
    return { key, day, store: meanwhile(store, () => maintain(store, { now: noon(day + apart - 1) })) };
  }

  it('are in the sums that are loaded', async () => {
    const { key, store: meddled } = await raced();
    const { cells, logFloor } = await loadStatistics(meddled, key);
    expect(cells.map(({ statistics }) => statistics.count)).toEqual([1]);
    expect(logFloor.getTime()).toBeGreaterThan(noon(0).getTime());
  });

  it('are said to be missing from a refold', async () => {
    const { key, store: meddled } = await raced();
    expect((await refold(meddled, key)).complete).toBe(false);
  });

  it('are in the sums of a past decision, or these cannot be told', async () => {
    const { key, day, store: meddled } = await raced();
    const view = { versions: { 1: 0 }, decidedAt: noon(day), windowMs: 0 };
    await expect(statisticsAt(meddled, key, view)).rejects.toMatchObject({ code: 'not-explainable' });
  });

  it('are read anew by who follows', async () => {
    const { key, store: meddled } = await raced();
    const { logFloor } = await loadStatistics(store, { ...key, router: 'nobody' });
    expect(await catchUp(meddled, key, { versions: {}, logFloor })).toBeUndefined();
  });
});

function meanwhile(store: Store, act: () => Promise<unknown>): Store {
  let done = false;
  const plugin: KyselyPlugin = {
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => {
      if (!done && result.rows.some((row) => 'folded' in row)) {
        done = true;
        await act();
      }
      return result;
    },
  };
  return { ...store, db: store.db.withPlugin(plugin) };
}
