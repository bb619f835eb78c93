/** The service finds changes that nobody tells, records each once, and acts on it everywhere. */
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { RouteAnswer } from '../../../src/routing/request.js';
import type { RouterSpec } from '../../../src/routing/spec.js';
import { RouterWatch } from '../../../src/runtime/router-watch.js';
import type { Tradewind } from '../../../src/runtime/tradewind.js';
import { readRouter } from '../../../src/store/read-router.js';
import type { Store } from '../../../src/store/store.js';
import type { StoreOptions } from '../../../src/store/open-store.js';
import { readWatch } from '../../../src/store/watches.js';
import { makeDatabase } from '../../support/every-store.js';
import { seededRandom, type SeededRandom } from '../../support/random.js';
import { onEveryPlace, startRealService, type RealServiceOptions } from '../../support/real-service.js';

const patience = { timeout: 20_000, interval: 20 };
/** Outcomes of the arm after which its fall must be known; a fall by two deviations takes about 10, and views lag a little. */
const foundWithin = 80;
const key = { tenant: 'default', router: 'r' };
const spec = (over: Partial<RouterSpec> = {}): RouterSpec => ({
  id: 'r',
  arms: [{ id: 'first' }, { id: 'second' }],
  features: [{ name: 'task', type: 'category', values: ['qa', 'code'] }],
  objective: { accuracy: 1 },
  ...over,
});
/** Far apart, since every decision is drawn anew in each run: 60 runs of the first test kept all its bounds. */
const healthy = { first: 0.95, second: 0.6 };
const fallen = { first: 0.25, second: 0.6 };

const services: Tradewind[] = [];
afterEach(() => Promise.all(services.splice(0).map((service) => service.close())));
async function start(options: RealServiceOptions): Promise<{ service: Tradewind; store: Store }> {
  const started = await startRealService(options);
  services.push(started.service);
  return started;
}

/** Serves requests in small batches, and tells what came of them. @returns the answers */
async function serve(
  replicas: readonly Tradewind[],
  count: number,
  rates: Readonly<Record<string, number>>,
  random: SeededRandom,
): Promise<RouteAnswer[]> {
  const answers: RouteAnswer[] = [];
  for (let batch = 0; answers.length < count; batch++) {
    const some: RouteAnswer[] = [];
    const service = replicas[batch % replicas.length];
    for (let i = 0; i < 10; i++)
      some.push(await service.route({ router: 'r', context: { task: random.pick(['qa', 'code']) } }));
    const items = some.map(({ feedback_token, arm }) => ({
      feedback_token: feedback_token!,
      metrics: { accuracy: random.chance(rates[arm]) ? 1 : 0, latency_ms: 100 + 1000 * random.number() },
    }));
    // What came of one replica's decisions may well be told to another.
    await replicas[(batch >> 1) % replicas.length].feedback(items);
    answers.push(...some);
  }
  return answers;
}

const share = (answers: readonly RouteAnswer[], arm: string) =>
  answers.filter((answer) => answer.arm === arm).length / answers.length;
const detected = (service: Tradewind) => service.readRouter('r').detected_changes ?? [];
const behind = async (store: Store) => {
  const { rows } = await sql<{ stripe: number; version: number }>`select stripe, version from stripes`.execute(
    store.db,
  );
  const watch = await readWatch(store, key);
  return rows.filter(({ stripe, version }) => watch?.position[stripe] !== version);
};

it('takes a step for what was learned, and none while there is nothing to do', async () => {
  const { service, store } = await start({ engine: 'pglite-memory' });
  await service.createRouter(spec());
  const step = vi.spyOn(RouterWatch.prototype, 'step');
  await serve([service], 50, healthy, seededRandom(9));
  await vi.waitFor(async () => expect(await behind(store)).toEqual([]), patience);
  const polls = async (count: number) => {
    step.mockClear();
    for (let i = 0; i < count; i++) await service['changes'].run();
    return step.mock.calls.length;
  };
  await vi.waitFor(async () => expect(await polls(20)).toBe(0), patience);
  await serve([service], 10, healthy, seededRandom(10));
  await vi.waitFor(async () => expect(await behind(store)).toEqual([]), patience);
  expect(step).toHaveBeenCalled();
  step.mockRestore();
});

onEveryPlace((place) => {
  it('records the silent fall of an arm, moves traffic away, and explains decisions from before and after', async () => {
    const { service } = await start({ place: place() });
    const random = seededRandom(7);
    await service.createRouter(spec());
    const before = await serve([service], 400, healthy, random);
    expect(share(before.slice(200), 'first')).toBeGreaterThan(0.8);
    const { revision } = service.readRouter('r');
    let outcomes = 0;
    while (detected(service).length === 0 && outcomes < foundWithin) {
      const some = await serve([service], 10, fallen, random);
      outcomes += some.filter(({ arm }) => arm === 'first').length;
      // A moment for the watch, which looks every 50 ms here.
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    await vi.waitFor(() => expect(detected(service)).toHaveLength(1), patience);
    const [change] = detected(service);
    expect(change).toMatchObject({ arm: 'first', metric: 'accuracy', level_outcomes: 4, weight: 0.1 });
    expect(change.offset).toBeGreaterThanOrEqual(-1);
    expect(change.offset).toBeLessThan(-0.3);
    const after = await serve([service], 300, fallen, random);
    expect(share(after.slice(100), 'first')).toBeLessThan(0.3);
    expect((await service.metrics()).body).toMatch(
      /tradewind_changes_total\{router="r",arm="first",metric="accuracy"\} 1/,
    );
    for (const { decision_id } of [before[0], before.at(-1)!, after[0], after.at(-1)!])
      expect(await service.explain('r', decision_id)).toMatchObject({ decision_id, reproduced: true });
    // The declaration is as its owner left it, and may be changed from the revision that they saw.
    expect(service.readRouter('r').spec).toEqual(spec());
    expect(service.readRouter('r').revision).toBe(revision + 1);
    const changed = await service.changeRouter('r', { floor: 0.02 }, revision);
    expect(changed).toMatchObject({ revision: revision + 2, spec: { floor: 0.02 } });
    expect(changed.detected_changes).toEqual([change]);
    await expect(service.changeRouter('r', { floor: 0.03 }, revision)).rejects.toMatchObject({
      code: 'revision-conflict',
    });
  });
});

describe('over Postgres', () => {
  let place: StoreOptions;
  beforeEach(async () => {
    place = { databaseUrl: await makeDatabase() };
  });

  it('records nothing while nothing changes, or when it is told not to', async () => {
    const { service, store } = await start({ place });
    const random = seededRandom(8);
    await service.createRouter(spec());
    await serve([service], 1500, healthy, random);
    await vi.waitFor(async () => expect(await readWatch(store, key)).toBeDefined(), patience);
    await service.changeRouter('r', { detect_changes: false });
    await serve([service], 300, fallen, random);
    expect(detected(service)).toEqual([]);
    await vi.waitFor(async () => expect((await readRouter(store, key)).revision).toBe(2), patience);
  });

  it('records one change, not two, where two replicas serve, and both act on it', async () => {
    const [{ service: one, store }, { service: two }] = [await start({ place }), await start({ place })];
    const random = seededRandom(9);
    await one.createRouter(spec());
    await vi.waitFor(() => two.readRouter('r'), patience);
    await serve([one, two], 500, healthy, random);
    for (let i = 0; i < 30 && detected(one).length === 0; i++) {
      await serve([one, two], 20, fallen, random);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const after = await serve([one, two], 400, fallen, random);
    await vi.waitFor(() => {
      expect(detected(one)).toHaveLength(1);
      expect(detected(two)).toEqual(detected(one));
    }, patience);
    expect(share(after.slice(200), 'first')).toBeLessThan(0.3);
    const told = await Promise.all([one, two].map(async (service) => (await service.metrics()).body));
    expect(told.filter((body) => /tradewind_changes_total\{.*\} 1/.test(body))).toHaveLength(1);
    expect((await readRouter(store, key)).changes).toHaveLength(1);
  });

  it('takes the watch of a dead replica over, and reads in the log what that had not seen', async () => {
    // This one takes outcomes in and is gone before it looks at any.
    const { service: deaf } = await start({ place, pollMs: 3_600_000 });
    const random = seededRandom(10);
    await deaf.createRouter(spec());
    await serve([deaf], 800, healthy, random);
    await serve([deaf], 150, fallen, random);
    await services.pop()!.close();
    const { service, store } = await start({ place, pollMs: 3_600_000 });
    await sql`insert into watches (tenant, router, owner, version, position, state, changed_at)
      values ('default', 'r', 'somebody dead', 7, '{"1": 30}', 'null', now())`.execute(store.db);
    const watcher = service['changes'];
    for (let i = 0; i < 3; i++) await watcher.run();
    expect(detected(service)).toMatchObject([{ arm: 'first', metric: 'accuracy' }]);
    expect(await behind(store)).toEqual([]);
    const watch = await readWatch(store, key);
    expect(watch!.owner).not.toBe('somebody dead');
  });

  it('goes on after a restart from where it stood, without an outcome missed or counted twice', async () => {
    const random = seededRandom(11);
    const first = await start({ place });
    await first.service.createRouter(spec());
    await serve([first.service], 400, healthy, random);
    await vi.waitFor(async () => expect(await readWatch(first.store, key)).toBeDefined(), patience);
    // It looks once more after the last batch.
    await new Promise((resolve) => setTimeout(resolve, 200));
    await services.pop()!.close();
    const { service, store } = await start({ place });
    expect(await behind(store)).toEqual([]);
    const kept = await readWatch(store, key);
    for (let i = 0; i < 40 && detected(service).length === 0; i++) {
      await serve([service], 20, fallen, random);
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    await vi.waitFor(() => expect(detected(service)).toHaveLength(1), patience);
    expect((await readWatch(store, key))!.version).toBeGreaterThan(kept!.version);
  });
});
