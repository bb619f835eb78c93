/** A replica that was taken for dead, and whose stripe another took over meanwhile, goes on with one of its own. */
import type { KyselyPlugin } from 'kysely';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { StripeLease } from '../../../src/runtime/stripe-lease.js';
import type { Tradewind } from '../../../src/runtime/tradewind.js';
import { readSpend } from '../../../src/store/budget-spend.js';
import { claimStripe } from '../../../src/store/claim-stripe.js';
import { liveReplicas } from '../../../src/store/live-replicas.js';
import { migrate } from '../../../src/store/migrate.js';
import { openStore } from '../../../src/store/open-store.js';
import { refold } from '../../../src/store/refold.js';
import type { Store } from '../../../src/store/store.js';
import { makeDatabase } from '../../support/every-store.js';
import { seededRandom } from '../../support/random.js';
import { beliefOf, smallRouter, startRealService, teach } from '../../support/real-service.js';

/** Two heartbeats, and what a busy machine needs. */
const patience = { timeout: 20_000, interval: 20 };
const router = 'r';
const key = { tenant: 'default', router };

const endLease = (store: Store, stripe: number) =>
  sql`update replicas set heartbeat = now() - interval '31 seconds' where stripe = ${stripe}`.execute(store.db);

describe('a replica whose stripe another took over', () => {
  let [one, two]: Tradewind[] = [];
  let store: Store;
  beforeEach(async () => {
    const place = { databaseUrl: await makeDatabase() };
    const first = await startRealService({ place });
    // All before the first heartbeat, which would find the stripe still its own.
    await endLease(first.store, 1);
    one = first.service;
    ({ service: two, store } = await startRealService({ place }));
    expect(await owners()).toEqual([[1, expect.any(String)]]);
    await one.createRouter(smallRouter(router, { budgets: [{ metric: 'cost_usd', per_request: 0.01 }] }));
    await vi.waitFor(() => two.readRouter(router), patience);
  });
  afterEach(() => Promise.all([one.close(), two.close()]));

  const owners = async () =>
    (await store.db.selectFrom('replicas').select(['stripe', 'owner']).orderBy('stripe').execute()).map(
      ({ stripe, owner }) => [stripe, owner] as const,
    );
  const bothWrite = async (count: number, seed: number) => {
    const random = seededRandom(seed);
    await Promise.all([teach(one, router, count, random), teach(two, router, count, random)]);
  };

  it('has one of its own at its next heartbeat; both are exact, before and after', async () => {
    await bothWrite(40, 1);
    await vi.waitFor(async () => expect(await owners()).toHaveLength(2), patience);
    expect(await liveReplicas(store)).toHaveLength(2);
    const before = await versions();
    await bothWrite(40, 2);
    const after = await versions();
    expect(after).toEqual({ 1: expect.any(Number) as number, 2: expect.any(Number) as number });
    expect(after[1]).toBeGreaterThan(before[1]);

    await vi.waitFor(() => {
      expect(one.readRouter(router).outcomes).toMatchObject({ accuracy: 160, energy_j: 160, cost_usd: 160 });
      expect(two.readRouter(router)).toEqual(one.readRouter(router));
    }, patience);
    expect(beliefOf(two, router)).toEqual(beliefOf(one, router));
    const folded = (await refold(store, key)).cells.map(({ statistics }) =>
      Buffer.from(statistics.toBytes()).toString('base64'),
    );
    for (const service of [one, two])
      expect((await service.exportState(router)).statistics.map(({ bytes }) => bytes)).toEqual(folded);
    expect(one.readiness()).toEqual({ status: 'ready', reasons: [] });
  });

  it('is counted in the budgets beside its successor, and what both decided is in the sums', async () => {
    await bothWrite(40, 3);
    await vi.waitFor(async () => {
      const rows = await readSpend(store, key);
      expect(rows[0].requests + rows[1].requests).toBe(80);
    }, patience);
    // How many there are is told with what was decided since both were heard of.
    await bothWrite(40, 4);
    await vi.waitFor(async () => {
      const rows = await readSpend(store, key);
      expect(rows).toMatchObject([
        { stripe: 1, state: { state: { replicas: 2 } } },
        { stripe: 2, state: { state: { replicas: 2 } } },
      ]);
      expect(rows[0].requests + rows[1].requests).toBe(160);
    }, patience);
  });

  it('takes leave of its budgets in a row of its own when it ends before its next heartbeat', async () => {
    await one.route({ router, context: { task: 'qa' } });
    await one.close();
    const rows = await readSpend(store, key);
    expect(rows.filter(({ state }) => (state as { closed: boolean }).closed)).toMatchObject([{ stripe: 2 }]);
  });

  async function versions(): Promise<Record<number, number>> {
    const rows = await store.db
      .selectFrom('stripes')
      .select(['stripe', 'version'])
      .where('router', '=', router)
      .execute();
    return Object.fromEntries(rows.map(({ stripe, version }) => [stripe, version]));
  }
});

describe('the lease of a stripe', () => {
  let store: Store;
  beforeEach(async () => {
    store = await openStore({ databaseUrl: await makeDatabase() });
    await migrate(store);
  });
  afterEach(() => store.close());

  it('is kept under one name, and taken up anew under another where it was lost', async () => {
    const lease = await StripeLease.claim(store);
    const { owner } = lease;
    expect(await lease.keep()).toBe(true);
    expect(lease).toMatchObject({ stripe: 1, owner });
    expect(await claimStripe(store, 'another', 0)).toBe(1);
    expect(await lease.keep()).toBe(false);
    expect(lease.stripe).toBe(2);
    expect(lease.owner).not.toBe(owner);
    expect(await lease.keep()).toBe(true);
    expect(await liveReplicas(store)).toEqual(['another', lease.owner].sort());
    await lease.release();
    expect(await liveReplicas(store)).toEqual(['another']);
  });

  it('says that it may be over while that is not known, and while there is no other', async () => {
    let answers = Infinity;
    const plugin: KyselyPlugin = {
      transformQuery: ({ node }) => node,
      transformResult: ({ result }) =>
        answers-- > 0 ? Promise.resolve(result) : Promise.reject(new Error('the database is away')),
    };
    const lease = await StripeLease.claim({ ...store, db: store.db.withPlugin(plugin) });
    expect(lease.reasons()).toEqual([]);
    const present = performance.now();
    const clock = vi.spyOn(performance, 'now').mockReturnValue(present + 31_000);
    expect(lease.reasons()).toEqual([expect.stringMatching(/^stripe 1 may be another replica's by now/)]);
    clock.mockRestore();
    await claimStripe(store, 'another', 0);
    answers = 1;
    await expect(lease.keep()).rejects.toThrow('away');
    expect(lease.reasons()).toHaveLength(1);
    answers = Infinity;
    expect(await lease.keep()).toBe(false);
    expect(lease.reasons()).toEqual([]);
  });
});
