/** Routing needs no database; whatever must be stored waits for it, or is refused with the time to come back. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import type { RouteAnswer } from '../../../src/routing/request.js';
import type { Tradewind } from '../../../src/runtime/tradewind.js';
import type { Store } from '../../../src/store/store.js';
import { problemIn, startClient, type Client } from '../../support/http.js';
import { startPostgres, type PostgresServer } from '../../support/postgres-server.js';
import { smallRouter, startRealService } from '../../support/real-service.js';

const patience = { timeout: 30_000, interval: 50 };

describe('a service whose Postgres goes away and comes back', () => {
  let server: PostgresServer;
  let client: Client;
  let store: Store;
  let router = '';
  let routers = 0;
  beforeAll(async () => {
    server = await startPostgres({});
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    const started = await startRealService({ place: { databaseUrl: server.url() }, decisionCapacity: 30 });
    ({ store } = started);
    client = await startClient({ service: started.service });
    router = `r${routers++}`;
    await started.service.createRouter(smallRouter(router));
  });
  afterEach(() => client.close());

  const route = (over: object = {}) => client.ask('POST', '/v1/route', { router, context: { task: 'qa' }, ...over });
  const report = (token: string, accuracy: number) =>
    client.ask('POST', '/v1/feedback', { feedback_token: token, metrics: { accuracy } });
  const status = async () => (await client.ask('GET', '/readyz')).json<{ status: string; reasons: string[] }>();
  const logged = async () => {
    const rows = await store.db.selectFrom('decisions').select('decision_id').where('router', '=', router).execute();
    return new Set(rows.map((row) => row.decision_id));
  };

  it('goes on routing, refuses outcomes for a while, says so, and loses nothing', async () => {
    const answers: RouteAnswer[] = [(await route()).json()];
    await server.halt('fast');
    for (let i = 0; i < 10; i++) {
      const response = await route();
      expect(response.statusCode).toBe(200);
      answers.push(response.json());
    }
    for (const { feedback_token } of answers) {
      const refused = await report(feedback_token!, 1);
      problemIn(refused, 503, 'database-unavailable');
      expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    }
    problemIn(await client.ask('PATCH', `/v1/routers/${router}`, { floor: 0.1 }), 503, 'database-unavailable');
    await vi.waitFor(async () => {
      const readiness = await status();
      expect(readiness.status).toBe('degraded');
      expect(readiness.reasons.join()).toMatch(/database does not answer.*decisions wait to be logged since 20/s);
    }, patience);

    await server.start();
    for (const { feedback_token } of answers) {
      await vi.waitFor(
        async () => expect((await report(feedback_token!, 1)).json()).toMatchObject({ status: 'applied' }),
        patience,
      );
      expect((await report(feedback_token!, 1)).json()).toMatchObject({ status: 'duplicate' });
    }
    await vi.waitFor(async () => expect(await status()).toEqual({ status: 'ready', reasons: [] }), patience);
    const ids = answers.map(({ decision_id }) => decision_id);
    await vi.waitFor(async () => expect(await logged()).toEqual(new Set(ids)), patience);
    expect(client.service.readRouter(router).outcomes).toMatchObject({ accuracy: answers.length });
    for (const id of ids) expect(await client.service.explain(router, id)).toMatchObject({ reproduced: true });
  });

  it('refuses to decide without a trace when its queue is full, and decides again when it is not', async () => {
    await server.halt('immediate');
    const answers: RouteAnswer[] = [];
    for (let i = 0; i < 30; i++) answers.push((await route()).json());
    const refused = await route();
    problemIn(refused, 503, 'overloaded');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect((await route({ dry_run: true })).statusCode).toBe(200);
    await server.start();
    await vi.waitFor(async () => expect((await route()).statusCode).toBe(200), patience);
    await vi.waitFor(async () => {
      const ids = await logged();
      expect(answers.filter(({ decision_id }) => !ids.has(decision_id))).toEqual([]);
    }, patience);
  });

  it('gives up on what cannot be stored when it is told to stop, and says how much that was', async () => {
    const alone = await startRealService({ place: { databaseUrl: server.url() }, drainMs: 200 });
    await server.halt('fast');
    await alone.service.route({ router, context: { task: 'qa' } });
    await expect(alone.service.close()).rejects.toThrow('1 decisions could not be logged');
    await server.start();
    await expect(alone.store.db.selectFrom('decisions').select('arm').execute()).rejects.toThrow();
  });
});

describe('a service with room for few outcomes', () => {
  it.each([
    ['of one router', { feedbackCapacity: 10 }, ['r']],
    ['of all together', { totalFeedbackCapacity: 10 }, ['r', 's', 't', 'u']],
  ])('%s refuses more than fit with the time to come back, and takes them then', async (_, options, routers) => {
    const { service } = await startRealService(options);
    const client = await startClient({ service });
    for (const id of routers) await service.createRouter(smallRouter(id));
    const item = (answer: RouteAnswer) => ({ feedback_token: answer.feedback_token!, metrics: { accuracy: 1 } });
    const answers = Array.from(
      { length: 40 },
      (_answer, i) =>
        (service as Tradewind).route({ router: routers[i % routers.length]!, context: {} }) as RouteAnswer,
    );
    const sent = await Promise.all(answers.map((answer) => client.ask('POST', '/v1/feedback', item(answer))));
    const refused = sent.filter(({ statusCode }) => statusCode !== 200);
    expect(refused.length).toBeGreaterThan(0);
    for (const response of refused) {
      problemIn(response, 503, 'overloaded');
      expect(Number(response.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    }
    const statuses: string[] = [];
    for (const answer of answers) statuses.push((await service.feedback([item(answer)]))[0].status);
    expect(statuses).toEqual(sent.map(({ statusCode }) => (statusCode === 200 ? 'duplicate' : 'applied')));
    for (const id of routers)
      expect(service.readRouter(id).outcomes).toMatchObject({ accuracy: answers.length / routers.length });
    await client.close();
  });
});
