/** Two replicas on one Postgres learn from each other and never overwrite one another. */
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import type { RouteAnswer } from '../../../src/routing/request.js';
import type { Tradewind } from '../../../src/runtime/tradewind.js';
import { appendRevision } from '../../../src/store/append-revision.js';
import { readRouter } from '../../../src/store/read-router.js';
import { rotateSigningKey } from '../../../src/store/signing-keys.js';
import type { Store } from '../../../src/store/store.js';
import { makeDatabase } from '../../support/every-store.js';
import { seededRandom } from '../../support/random.js';
import { beliefOf, smallRouter, startRealService, teach } from '../../support/real-service.js';

const patience = { timeout: 20_000, interval: 20 };

describe('two replicas on one Postgres', () => {
  let databaseUrl: string;
  let [one, two]: Tradewind[] = [];
  let store: Store;
  let router = '';
  let routers = 0;
  beforeAll(async () => {
    databaseUrl = await makeDatabase();
    ({ service: one, store } = await startRealService({ place: { databaseUrl } }));
    ({ service: two } = await startRealService({ place: { databaseUrl } }));
  });
  afterAll(() => Promise.all([one.close(), two.close()]));
  beforeEach(async () => {
    router = `r${routers++}`;
    await one.createRouter(smallRouter(router));
    await vi.waitFor(() => two.readRouter(router), patience);
  });
  const others: Tradewind[] = [];
  afterEach(() => Promise.all(others.splice(0).map((other) => other.close())));

  /** A replica that hears of nothing by itself. */
  const deaf = async (): Promise<Tradewind> => {
    const { service } = await startRealService({ place: { databaseUrl }, pollMs: 3_600_000 });
    others.push(service);
    return service;
  };
  /** Holds the lock that a commit of the owner needs. @returns what lets go of it */
  const lockStripes = async (id: string, owner: string): Promise<() => Promise<void>> => {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    await client.query('begin');
    await client.query('select from stripes where router = $1 and owner = $2 for update', [id, owner]);
    return () => client.end();
  };
  const decide = async (service: Tradewind): Promise<RouteAnswer> => service.route({ router, context: { task: 'qa' } });

  it('come to the same belief, bit by bit, whoever took the outcomes in', async () => {
    const random = seededRandom(3);
    await teach(one, router, 20, random);
    await vi.waitFor(() => expect(beliefOf(two, router)).toEqual(beliefOf(one, router)), patience);
    expect(two.readRouter(router).outcomes).toMatchObject({ accuracy: 20 });
    await Promise.all([teach(one, router, 60, random), teach(two, router, 60, random)]);
    await vi.waitFor(() => {
      expect(one.readRouter(router).outcomes).toMatchObject({ accuracy: 140, energy_j: 140, cost_usd: 140 });
      expect(two.readRouter(router)).toEqual(one.readRouter(router));
    }, patience);
    expect(beliefOf(two, router)).toEqual(beliefOf(one, router));
    expect(await two.exportState(router)).toEqual(await one.exportState(router));
  });

  it('take in each outcome once when it is sent to both at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => decide(one)));
    const items = answers.map(({ feedback_token }) => ({ feedback_token: feedback_token!, metrics: { accuracy: 1 } }));
    const results = (await Promise.all([one.feedback(items), two.feedback([...items].reverse())])).flat();
    expect(results.filter(({ status }) => status === 'applied')).toHaveLength(30);
    expect(results.filter(({ status }) => status === 'duplicate')).toHaveLength(30);
    await vi.waitFor(() => expect(two.readRouter(router).outcomes).toMatchObject({ accuracy: 30 }), patience);
    await vi.waitFor(() => expect(beliefOf(two, router)).toEqual(beliefOf(one, router)), patience);
  });

  it('correct what the other took in, and both believe the corrected value', async () => {
    const { feedback_token } = await one.route({ router, context: {}, candidates: ['large'] });
    const report = (service: Tradewind, accuracy: number, correction = false) =>
      service.feedback([{ feedback_token: feedback_token!, metrics: { accuracy }, correction }]);
    expect(await report(one, 1)).toMatchObject([{ status: 'applied' }]);
    expect(await report(two, 0)).toMatchObject([{ status: 'rejected', code: 'feedback-conflict' }]);
    expect(await report(two, 0, true)).toMatchObject([{ status: 'applied' }]);
    expect(await report(one, 0)).toMatchObject([{ status: 'duplicate' }]);
    await vi.waitFor(() => expect(beliefOf(two, router)).toEqual(beliefOf(one, router)), patience);
    // The same as if 0 had been reported in the first place.
    const direct = `${router}-direct`;
    await one.createRouter(smallRouter(direct));
    const request = { context: { task: 'qa' }, candidates: ['small'] };
    const [corrected, plain] = [
      await one.route({ router, ...request }),
      await one.route({ router: direct, ...request }),
    ];
    const say = (answer: RouteAnswer, accuracy: number) => ({
      feedback_token: answer.feedback_token!,
      metrics: { accuracy },
    });
    await one.feedback([say(corrected, 1), { ...say(corrected, 0), correction: true }, say(plain, 0)]);
    // The other has perhaps not heard of the new router yet; its token is good all the same.
    const again = [say(corrected, 0.25), say(plain, 0.25)].map((item) => ({ ...item, correction: true }));
    expect(await two.feedback(again)).toMatchObject([{ status: 'applied' }, { status: 'applied' }]);
    await vi.waitFor(() => expect(beliefOf(two, router)).toEqual(beliefOf(one, router)), patience);
    const ofSmall = async (id: string) => (await one.exportState(id)).statistics.filter(({ arm }) => arm === 'small');
    await vi.waitFor(async () => {
      expect(await ofSmall(router)).toEqual(await ofSmall(direct));
    }, patience);
  });

  it('explain the decisions of the other, and take feedback on them by id', async () => {
    await teach(one, router, 30, seededRandom(5));
    const { decision_id, arm } = await decide(one);
    await vi.waitFor(
      async () => expect(await two.explain(router, decision_id)).toMatchObject({ reproduced: true, arm }),
      patience,
    );
    expect(await two.feedback([{ decision_id, router, metrics: { accuracy: 1 } }])).toMatchObject([
      { status: 'applied' },
    ]);
    expect(await one.feedback([{ decision_id, metrics: { accuracy: 1 } }])).toMatchObject([{ status: 'duplicate' }]);
  });

  it('hear of changed arms, objectives and profiles', async () => {
    await one.addArm(router, { id: 'huge' });
    await one.changeRouter(router, { objective: { accuracy: 2 } });
    const source = { samples: 50, source: 'a test', measured_on: '2026-11' };
    await one.importProfiles(router, [{ arm: 'huge', metrics: { accuracy: 0.99 }, ...source }], 'merge');
    await vi.waitFor(() => expect(two.readRouter(router)).toEqual(one.readRouter(router)), patience);
    expect(two.readProfiles(router)).toEqual(one.readProfiles(router));
    expect(beliefOf(two, router)).toEqual(beliefOf(one, router));
    expect(await two.route({ router, context: {}, candidates: ['huge'], dry_run: true })).toMatchObject({
      arm: 'huge',
    });
  });

  it('let one of two changes made from the same revision through, and tell the other of it', async () => {
    const { revision } = one.readRouter(router);
    const tries = await Promise.allSettled([
      one.changeRouter(router, { floor: 0.1 }, revision),
      two.changeRouter(router, { floor: 0.2 }, revision),
    ]);
    const refused = tries.filter((result) => result.status === 'rejected');
    expect(refused).toHaveLength(1);
    expect(refused[0].reason).toMatchObject({ code: 'revision-conflict', status: 409 });
    await vi.waitFor(() => expect(two.readRouter(router)).toEqual(one.readRouter(router)), patience);
    expect(one.readRouter(router).revision).toBe(revision + 1);
  });

  it('keep every change that was made at the same time without saying from what', async () => {
    await Promise.all([
      one.addArm(router, { id: 'huge' }),
      two.addArm(router, { id: 'tiny' }),
      one.changeRouter(router, { floor: 0.3 }),
    ]);
    await vi.waitFor(() => {
      const { spec } = two.readRouter(router);
      expect(spec.floor).toBe(0.3);
      expect(spec.arms.map(({ id }) => id).sort()).toEqual(['huge', 'large', 'medium', 'small', 'tiny']);
      expect(two.readRouter(router)).toEqual(one.readRouter(router));
    }, patience);
  });

  it('keep a change that one of them had not heard of when it was asked for the next', async () => {
    const behind = await deaf();
    const { revision } = await one.addArm(router, { id: 'huge' });
    const changed = await behind.changeRouter(router, { floor: 0.5 }, revision);
    expect(changed.spec).toMatchObject({ floor: 0.5, arms: [...smallRouter('').arms, { id: 'huge' }] });
  });

  it('see what a refused change collided with at once', async () => {
    const behind = await deaf();
    const { revision } = one.readRouter(router);
    const changed = await one.addArm(router, { id: 'huge' });
    await expect(behind.changeRouter(router, { floor: 0.5 }, revision)).rejects.toMatchObject({
      code: 'revision-conflict',
    });
    expect(behind.readRouter(router)).toEqual(changed);
  });

  it('let one of two make a router, and both serve it', async () => {
    const id = `${router}-made`;
    const tries = await Promise.allSettled([one.createRouter(smallRouter(id)), two.createRouter(smallRouter(id))]);
    expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await vi.waitFor(() => expect(two.readRouter(id)).toEqual(one.readRouter(id)), patience);
  });

  it('take tokens of a key that the other rotated in', async () => {
    const [before] = [await decide(two)];
    await rotateSigningKey(store, new Date());
    const third = await deaf();
    const after = await decide(third);
    const report = ({ feedback_token }: RouteAnswer) => [{ feedback_token: feedback_token!, metrics: { accuracy: 1 } }];
    expect(await one.feedback(report(after))).toMatchObject([{ status: 'applied' }]);
    expect(await third.feedback(report(before))).toMatchObject([{ status: 'applied' }]);
  });

  it('go on following the other routers while the commit of one waits for a lock, and say so after a while', async () => {
    const next = `${router}-next`;
    await one.createRouter(smallRouter(next));
    await vi.waitFor(() => two.readRouter(next), patience);
    await teach(two, router, 1, seededRandom(7));
    const release = await lockStripes(router, two['host'].lease.owner);
    const waiting = teach(two, router, 1, seededRandom(8));
    await teach(one, router, 1, seededRandom(9));
    for (const count of [1, 2, 3]) {
      await teach(one, next, 1, seededRandom(count));
      await vi.waitFor(() => expect(beliefOf(two, next)).toEqual(beliefOf(one, next)), { ...patience, timeout: 3_000 });
    }
    await vi.waitFor(() => expect(two.readiness().reasons.join()).toMatch(`following router ${router} has`), patience);
    await release();
    await waiting;
    await vi.waitFor(() => expect(beliefOf(two, router)).toEqual(beliefOf(one, router)), patience);
    expect(two.readRouter(router).outcomes).toMatchObject({ accuracy: 3 });
    await vi.waitFor(() => expect(two.readiness()).toEqual({ status: 'ready', reasons: [] }), patience);
  });

  it('go on following the other routers when one of them cannot be followed', async () => {
    const record = await readRouter(store, { tenant: 'default', router });
    const unheard = { name: 'prompt', type: 'text' as const, dimension: 8, encoder: 'f00d' };
    const spec = { ...record.spec, features: [unheard] };
    await appendRevision(store, record, { ...record, expected: record.revision, spec }, new Date());
    await vi.waitFor(() => expect(two.readiness().reasons.join()).toMatch(/follow fails.*f00d/), patience);
    const id = `${router}-next`;
    await one.createRouter(smallRouter(id));
    await vi.waitFor(() => two.readRouter(id), patience);
    expect(await two.route({ router, context: {} })).toMatchObject({ arm: expect.any(String) as string });
    const now = await readRouter(store, record);
    await appendRevision(store, record, { ...record, expected: now.revision }, new Date());
    await vi.waitFor(() => expect(two.readiness()).toEqual({ status: 'ready', reasons: [] }), patience);
  });
});
