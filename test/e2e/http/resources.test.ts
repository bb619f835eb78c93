import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { FeedbackResult, RouteAnswer } from '../../../src/routing/request.js';
import type { RouterSpec } from '../../../src/routing/spec.js';
import type { RouterState } from '../../../src/runtime/service.js';
import { problemIn, startClient, type Client } from '../../support/http.js';
import { fixedAnswer, stubService } from '../../support/stub-service.js';

let client: Client;
beforeAll(async () => (client = await startClient()));
afterAll(() => client.close());

const question = { router: 'default', context: { task: 'sentiment' } };
const decide = async (): Promise<RouteAnswer> => (await client.ask('POST', '/v1/route', question)).json<RouteAnswer>();

const spec = (id: string): RouterSpec => ({
  id,
  arms: [{ id: 'openai/gpt-oss-20b' }, { id: 'small' }],
  features: [{ name: 'task', type: 'category', values: ['qa', 'sum'] }],
  objective: { accuracy: 1, energy_j: -0.0005 },
});

describe('POST /v1/route', () => {
  test('answers with an arm, its probability, the whole ranking and a token', async () => {
    const answer = await decide();
    expect(answer.ranking[0]?.arm).toBe(answer.arm);
    expect(answer.feedback_token).toEqual(expect.any(String));
    const total = answer.ranking.reduce((sum, { probability }) => sum + probability, 0);
    expect(total).toBeCloseTo(1, 9);
    expect(answer.ranking.find(({ arm }) => arm === answer.arm)?.probability).toBe(answer.propensity);
    for (const { expected } of answer.ranking) {
      for (const value of Object.values(expected)) expect(Number.isFinite(value)).toBe(true);
    }
  });

  test('the serialiser leaves nothing out of what the service answered', async () => {
    const full: RouteAnswer = {
      ...fixedAnswer,
      feedback_token: 'token',
      warnings: ['"quoted" warning'],
      ranking: fixedAnswer.ranking.map((ranked) => ({
        ...ranked,
        expected: { ...ranked.expected, accuracy: 0.5, energy_j: 1, latency_ms: 2, cost_usd: 3, toxicity: 0.25 },
        excluded: 'too "dear"',
      })),
    };
    const other = await startClient({ service: stubService({ route: () => full }) });
    expect((await other.ask('POST', '/v1/route', question)).json()).toEqual(full);
    await other.app.close();
  });

  test('a service that has to wait first is waited for', async () => {
    const other = await startClient({
      service: stubService({ route: async (request) => client.service.route(request) }),
    });
    expect((await other.ask('POST', '/v1/route', question)).statusCode).toBe(200);
    problemIn(await other.ask('POST', '/v1/route', { ...question, router: 'nobody' }), 404, 'unknown-router');
    await other.app.close();
  });

  test('a dry run gives no token', async () => {
    const response = await client.ask('POST', '/v1/route', { ...question, dry_run: true });
    expect(response.statusCode).toBe(200);
    expect(response.json()).not.toHaveProperty('feedback_token');
  });
});

describe('POST /v1/feedback', () => {
  test('one outcome is applied, the same again a duplicate, another a conflict, a correction applied', async () => {
    const { feedback_token } = await decide();
    const report = (accuracy: number, more = {}) =>
      client.ask('POST', '/v1/feedback', { feedback_token, metrics: { accuracy }, ...more });
    expect((await report(1)).json()).toMatchObject({ status: 'applied' });
    expect((await report(1)).json()).toMatchObject({ status: 'duplicate' });
    const conflict = problemIn(await report(0), 409, 'feedback-conflict');
    expect(conflict.errors).toEqual([{ pointer: '/metrics/accuracy', detail: 'expected 1, which is stored; got 0' }]);
    expect(conflict.detail).toMatch(
      /^expected what was reported for this decision before, got accuracy 0; what is stored stays\. .*send it again with "correction": true$/,
    );
    const more = { metrics: { accuracy: 0, latency_ms: 3 } };
    const { detail } = problemIn(await report(0, more), 409, 'feedback-conflict');
    expect(detail).toContain('what is stored stays, and latency_ms of this one was taken in');
    expect((await report(0, { correction: true })).json()).toMatchObject({ status: 'applied' });
  });

  test('a batch answers item by item, in order, and one bad item does not spoil the others', async () => {
    const [first, second] = [await decide(), await decide()];
    const response = await client.ask('POST', '/v1/feedback', {
      items: [
        { feedback_token: first.feedback_token, metrics: { accuracy: 1 } },
        { feedback_token: 'forged', metrics: { accuracy: 1 } },
        { feedback_token: second.feedback_token, metrics: { accuracy: 7 } },
        { feedback_token: first.feedback_token, metrics: { accuracy: 1 } },
      ],
    });
    expect(response.statusCode).toBe(200);
    const { results } = response.json<{ results: FeedbackResult[] }>();
    expect(results.map(({ status, code }) => [status, code])).toEqual([
      ['applied', undefined],
      ['rejected', 'invalid-token'],
      ['rejected', 'invalid-metric'],
      ['duplicate', undefined],
    ]);
    expect(results[1]?.detail).toEqual(expect.any(String));
  });

  test('a batch with an item that says nothing is refused whole, and says which', async () => {
    const { feedback_token } = await decide();
    const response = await client.ask('POST', '/v1/feedback', {
      items: [{ feedback_token, metrics: { accuracy: 1 } }, { feedback_token }],
    });
    expect(problemIn(response, 400, 'invalid-request').errors?.[0]?.pointer).toBe('/items/1/metrics');
    const again = await client.ask('POST', '/v1/feedback', { feedback_token, metrics: { accuracy: 1 } });
    expect(again.json()).toMatchObject({ status: 'applied' });
  });

  test('a token of another router is told so, and is not called unsigned', async () => {
    const { feedback_token } = await decide();
    const body = { feedback_token, router: 'another', metrics: { accuracy: 1 } };
    const problem = problemIn(await client.ask('POST', '/v1/feedback', body), 401, 'invalid-token');
    expect(problem.title).toBe('The feedback token cannot be used here');
    expect(problem.detail).toMatch(/^expected a token of router "another", got one of "/);
  });

  test('a metric out of its range is named with its field', async () => {
    const { feedback_token } = await decide();
    const body = { feedback_token, metrics: { accuracy: 7 } };
    expect(problemIn(await client.ask('POST', '/v1/feedback', body), 422, 'invalid-metric').errors).toEqual([
      { pointer: '/metrics/accuracy', detail: 'expected accuracy from 0 to 1, got 7; divide percent by 100' },
    ]);
  });

  test('an outcome that comes too late is 410', async () => {
    const service = stubService({
      feedback: async () => [{ status: 'late', code: 'expired-token', detail: 'The decision is 8 days old' }],
    });
    const other = await startClient({ service });
    const body = { decision_id: crypto.randomUUID(), failed: true };
    expect(problemIn(await other.ask('POST', '/v1/feedback', body), 410, 'expired-token').detail).toContain('8 days');
    await other.app.close();
  });
});

describe('/v1/routers', () => {
  test('a router is declared, read, listed and changed', async () => {
    const made = await client.ask('POST', '/v1/routers', spec('made'));
    expect(made.statusCode).toBe(201);
    expect(made.headers.location).toBe('/v1/routers/made');
    const read = await client.ask('GET', '/v1/routers/made');
    expect(read.json<RouterState>().spec).toMatchObject({
      id: 'made',
      arms: [{ id: 'openai/gpt-oss-20b' }, { id: 'small' }],
    });
    const { routers } = (await client.ask('GET', '/v1/routers')).json<{ routers: RouterState[] }>();
    expect(routers.map((state) => state.spec.id)).toContain('made');
    const changed = await client.ask('PATCH', '/v1/routers/made', { floor: 0.05 });
    expect(changed.json<RouterState>().spec).toMatchObject({ floor: 0.05, objective: { accuracy: 1 } });
    const removed = await client.ask('PATCH', '/v1/routers/made', { floor: null });
    expect(removed.json<RouterState>().spec).not.toHaveProperty('floor');
    problemIn(await client.ask('POST', '/v1/routers', spec('made')), 409, 'router-exists');
  });

  test('a change from a revision that is no longer is 412, from the current one 200', async () => {
    await client.ask('POST', '/v1/routers', spec('raced'));
    const { etag } = (await client.ask('GET', '/v1/routers/raced')).headers;
    expect(etag).toMatch(/^"\d+"$/);
    const change = (floor: number, match: string) =>
      client.ask('PATCH', '/v1/routers/raced', { floor }, { 'if-match': match });
    expect((await change(0.02, String(etag))).statusCode).toBe(200);
    problemIn(await change(0.03, String(etag)), 412, 'revision-conflict');
    problemIn(await change(0.03, 'three'), 400, 'invalid-request');
    expect((await change(0.04, '*')).statusCode).toBe(200);
  });

  test('a change of nothing, or of the id, is refused', async () => {
    problemIn(await client.ask('PATCH', '/v1/routers/default', {}), 400, 'invalid-request');
    problemIn(await client.ask('PATCH', '/v1/routers/default', { objective: null }), 400, 'invalid-request');
    problemIn(await client.ask('PATCH', '/v1/routers/default', { id: 'other' }), 400, 'invalid-request');
  });

  test('arms come, pause and go, with a slash in their name', async () => {
    await client.ask('POST', '/v1/routers', spec('armed'));
    const added = await client.ask('POST', '/v1/routers/armed/arms', { id: 'meta/llama-3:8b' });
    expect(added.statusCode).toBe(201);
    const address = String(added.headers.location);
    expect(address).toBe('/v1/routers/armed/arms/meta%2Fllama-3%3A8b');
    const paused = await client.ask('PATCH', address, { state: 'paused' });
    expect(paused.json<RouterState>().spec.arms).toContainEqual({ id: 'meta/llama-3:8b', state: 'paused' });
    expect((await client.ask('DELETE', address)).statusCode).toBe(200);
    const { arms } = (await client.ask('GET', '/v1/routers/armed/arms')).json<{ arms: { id: string }[] }>();
    expect(arms.map(({ id }) => id)).toEqual(['openai/gpt-oss-20b', 'small']);
    problemIn(await client.ask('DELETE', address), 404, 'unknown-arm');
  });

  test('profiles are imported and read back', async () => {
    await client.ask('POST', '/v1/routers', spec('profiled'));
    const row = {
      arm: 'small',
      task: 'qa',
      metrics: { accuracy: 0.7, energy_j: 3 },
      samples: 100,
      source: 'a test',
      measured_on: '2026-11',
    };
    const imported = await client.ask('POST', '/v1/routers/profiled/profiles', { rows: [row] });
    expect(imported.json()).toMatchObject({ rows: 1 });
    const { rows } = (await client.ask('GET', '/v1/routers/profiled/profiles')).json<{ rows: unknown[] }>();
    expect(rows).toEqual([row]);
  });

  test('state that was exported can be imported again', async () => {
    await client.ask('POST', '/v1/routers', spec('kept'));
    const exported = await client.ask('GET', '/v1/routers/kept/state');
    expect(exported.statusCode).toBe(200);
    const imported = await client.ask('PUT', '/v1/routers/kept/state', exported.body);
    expect(imported.statusCode).toBe(200);
    expect(imported.json<RouterState>().spec.id).toBe('kept');
  });

  test('a decision that was never made cannot be explained', async () => {
    const address = `/v1/routers/default/explain/${'01936d2e-0000-7000-8000-000000000000'}`;
    problemIn(await client.ask('GET', address), 404, 'unknown-decision');
    problemIn(await client.ask('GET', '/v1/routers/default/explain/not-a-uuid'), 400, 'invalid-request');
  });
});
