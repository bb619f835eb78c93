/** What must never get in: each case is a clear problem, and the state is what it was before. */
import { createHash } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { RouterSpec } from '../../../src/routing/spec.js';
import type { FeedbackResult, RouteAnswer } from '../../../src/routing/request.js';
import type { ExportedState } from '../../../src/runtime/exported-state.js';
import { onEveryEngine } from '../../support/every-store.js';
import { problemIn, startClient, type Client } from '../../support/http.js';
import { startService } from '../../support/service.js';

/** Every kind of context, and arms that serve any task. */
const plain: RouterSpec = {
  id: 'plain',
  arms: [{ id: 'qwen/qwen3-8b' }, { id: 'small' }],
  features: [
    { name: 'task', type: 'category', values: ['sentiment', 'qa'] },
    { name: 'tokens', type: 'number', minimum: 0, maximum: 4000 },
    { name: 'v', type: 'vector', dimension: 3 },
    { name: 'prompt', type: 'text', dimension: 8 },
  ],
  objective: { accuracy: 1, energy_j: -0.0005 },
};

let client: Client;

/** Hash of everything that a caller could have changed. */
async function memory(): Promise<string> {
  const routers = client.service.listRouters().map(({ spec, revision }) => ({ spec, revision }));
  const state = JSON.stringify([routers, await client.service.exportState('plain')]);
  return createHash('sha256').update(state).digest('hex');
}

type Ask = Parameters<Client['ask']>;

async function refused(request: Ask, status: number, code: string) {
  const before = await memory();
  const problem = problemIn(await client.ask(...request), status, code);
  expect(await memory()).toBe(before);
  return problem;
}

const route = (context: unknown, more: object = {}): Ask => [
  'POST',
  '/v1/route',
  { router: 'plain', context, ...more },
];
const routeText = (context: string): Ask => ['POST', '/v1/route', `{"router":"plain","context":${context}}`];
const feedback = (item: unknown): Ask => ['POST', '/v1/feedback', item];
const decide = async (): Promise<RouteAnswer> =>
  (await client.ask(...route({ task: 'sentiment' }))).json<RouteAnswer>();
const decided = async (metrics: object, more: object = {}): Promise<Ask> =>
  feedback({ feedback_token: (await decide()).feedback_token, metrics, ...more });

onEveryEngine((open) => {
  beforeAll(async () => {
    client = await startClient({ service: await startService(open) });
    await client.service.createRouter(plain);
  });
  afterAll(() => client.close());

  test('a name that comes twice in one object is refused, and shown where it comes again', async () => {
    const { detail } = await refused(routeText('{"tokens":1,\n"tokens":2}'), 400, 'invalid-request');
    expect(detail).toBe('Line 2, column 1: "tokens" comes again in the same object; send each name once');
  });

  describe('numbers that are none', () => {
    test.each(['NaN', 'Infinity', '-Infinity', '.5', '0x10', '01'])('%s is not JSON', async (literal) => {
      const problem = await refused(routeText(`{"task":"sentiment","tokens":${literal}}`), 400, 'malformed-json');
      expect(problem.detail).toMatch(/^Line 1, column \d+/);
    });

    test('NaN is explained as what it is', async () => {
      const problem = await refused(routeText('{"tokens":NaN}'), 400, 'malformed-json');
      expect(problem.detail).toContain('JSON has no NaN');
    });

    test.each(['1e309', '-1e309'])('%s is beyond the largest number, in a context', async (literal) => {
      const problem = await refused(routeText(`{"tokens":${literal}}`), 400, 'invalid-request');
      expect(problem.errors).toEqual([
        { pointer: '/context/tokens', detail: expect.stringContaining('beyond ±1.8e308') },
      ]);
    });

    test('1e309 is refused in a vector, a limit, an objective, and an outcome', async () => {
      await refused(routeText('{"v":[1,1e309]}'), 400, 'invalid-request');
      await refused(
        ['POST', '/v1/route', '{"router":"plain","context":{},"constraints":{"max_energy_j":1e309}}'],
        400,
        'invalid-request',
      );
      await refused(
        ['POST', '/v1/route', '{"router":"plain","context":{},"objective":{"energy_j":-1e309}}'],
        400,
        'invalid-request',
      );
      const { feedback_token: token } = await decide();
      await refused(feedback(`{"feedback_token":"${token}","metrics":{"energy_j":1e309}}`), 400, 'invalid-request');
    });

    test.each<[object, string]>([
      [{ accuracy: 1e308, energy_j: -1e308 }, '/objective/accuracy'],
      [{ accuracy: 1, energy_j: -1e305 }, '/objective/energy_j'],
    ])('%j weighs more than can be reckoned with, in a request and in a declaration', async (objective, pointer) => {
      const requests: Ask[] = [
        route({ task: 'qa' }, { objective }),
        ['PATCH', '/v1/routers/plain', { objective }],
        ['POST', '/v1/routers', { ...plain, id: 'heavy', objective }],
      ];
      for (const request of requests) {
        const problem = await refused(request, 400, 'invalid-request');
        expect(problem.errors?.[0]).toEqual({ pointer, detail: expect.stringMatching(/≥ -1e\+24 and ≤ 1e\+24, got/) });
      }
    });

    test.each<[object, number, string]>([
      [{ policy: { name: 'thompson', width: 1.1e6 } }, 400, '/policy/width'],
      [{ metrics: [{ name: 'odd', unit: '1', minimum: 0, maximum: 1e121 }] }, 400, '/metrics/0/maximum'],
      [{ metrics: [{ name: 'odd', unit: '1', minimum: 0, maximum: 5e-324 }] }, 422, '/metrics/0/maximum'],
      [{ metrics: [{ name: 'odd', unit: '1', minimum: 0, maximum: 1, noise: 1e308 }] }, 400, '/metrics/0/noise'],
      [{ prior: { precision: 5e-324 } }, 400, '/prior/precision'],
    ])('%j is refused at the member', async (member, status, pointer) => {
      const code = status === 400 ? 'invalid-request' : 'invalid-router';
      const requests: Ask[] = [
        ['PATCH', '/v1/routers/plain', member],
        ['POST', '/v1/routers', { ...plain, id: 'extreme', ...member }],
      ];
      for (const request of requests)
        expect((await refused(request, status, code)).errors).toMatchObject([{ pointer }]);
    });

    test.each(['"NaN"', 'null', 'true', '"5"', '[]', '{}'])('%s is not taken for a number', async (value) => {
      const { feedback_token: token } = await decide();
      const problem = await refused(
        feedback(`{"feedback_token":"${token}","metrics":{"accuracy":${value}}}`),
        400,
        'invalid-request',
      );
      expect(problem.errors?.[0]?.pointer).toBe('/metrics/accuracy');
    });

    test.each(['-0', '5e-324', '-2.2e-308', '1.7976931348623157e308'])(
      '%s is a number, and gives a finite answer',
      async (literal) => {
        const before = await memory();
        const response = await client.ask(...routeText(`{"task":"sentiment","tokens":${literal}}`));
        expect(response.statusCode).toBe(200);
        expect(response.body).not.toMatch(/null|NaN|Infinity/);
        expect(await memory()).toBe(before);
      },
    );

    test('-0 and the smallest number are outcomes', async () => {
      expect((await client.ask(...(await decided({ accuracy: -0, energy_j: 5e-324 })))).json()).toMatchObject({
        status: 'applied',
      });
    });
  });

  describe('too much', () => {
    test('10⁵ context fields', async () => {
      const many = Object.fromEntries(Array.from({ length: 1e5 }, (_, i) => [`f${i}`, 1]));
      const problem = await refused(route(many), 400, 'invalid-request');
      expect(problem.errors).toEqual([{ pointer: '/context', detail: expect.stringContaining('at most 64 fields') }]);
    });

    test('10⁵ numbers in one field', async () => {
      const problem = await refused(route({ v: new Array(1e5).fill(0.5) }), 400, 'invalid-request');
      expect(problem.errors?.[0]).toEqual({
        pointer: '/context/v',
        detail: expect.stringContaining('got an array of 100000'),
      });
    });

    test('10⁴ candidates, 10⁵ feedback items', async () => {
      await refused(route({}, { candidates: new Array(1e4).fill('small') }), 400, 'invalid-request');
      const item = { decision_id: crypto.randomUUID(), failed: true };
      await refused(feedback({ items: new Array(1e5).fill(item) }), 400, 'invalid-request');
    });

    test('a prompt of a megabyte is read, one of two megabytes is not', async () => {
      expect((await client.ask(...route({ task: 'sentiment', prompt: 'x'.repeat(1e6) }))).statusCode).toBe(200);
      await refused(route({ task: 'sentiment', prompt: 'x'.repeat(2e6) }), 413, 'payload-too-large');
    });

    test('a megabyte of brackets, of quotes, of nothing', async () => {
      await refused(['POST', '/v1/route', '['.repeat(1e6)], 400, 'malformed-json');
      await refused(['POST', '/v1/route', '"'.repeat(1e6)], 400, 'malformed-json');
      await refused(['POST', '/v1/route', ' '.repeat(1e6)], 400, 'malformed-json');
    });

    test('an array nested a hundred thousand deep', async () => {
      await refused(routeText(`{"v":${'['.repeat(1e5)}${']'.repeat(1e5)}}`), 400, 'invalid-request');
    });

    test('a megabyte for a name is refused in a short answer', async () => {
      const problem = await refused(
        ['POST', '/v1/route', { router: 'x'.repeat(1e6), context: {} }],
        400,
        'invalid-request',
      );
      expect(JSON.stringify(problem).length).toBeLessThan(2000);
    });
  });

  describe('keys that reach prototypes', () => {
    test.each([
      '{"__proto__":{"polluted":1}}',
      '{"task":"sentiment","__proto__":1}',
      '{"\\u005f_proto__":1}',
      '{"constructor":{"prototype":{"polluted":1}}}',
    ])('%s', async (context) => {
      const problem = await refused(routeText(context), 400, 'invalid-request');
      expect(problem.detail).toContain('__proto__');
      expect({}).not.toHaveProperty('polluted');
    });

    test('as a metric, an objective, a router or an arm', async () => {
      await refused(
        ['POST', '/v1/route', '{"router":"plain","context":{},"objective":{"__proto__":1}}'],
        400,
        'invalid-request',
      );
      await refused(await decided({ constructor: 1 }), 422, 'invalid-metric');
      for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
        await refused(['POST', '/v1/route', { router: name, context: {} }], 404, 'unknown-router');
        await refused(['GET', `/v1/routers/${name}`], 404, 'unknown-router');
        await refused(['DELETE', `/v1/routers/plain/arms/${name}`], 404, 'unknown-arm');
      }
    });

    test('harmless names of the same kind are only names', async () => {
      const response = await client.ask(...route({ task: 'constructor', toString: 'x', valueOf: 1 }));
      expect(response.statusCode).toBe(200);
    });
  });

  const injections = [
    "'; DROP TABLE routers; --",
    '" OR 1=1 --',
    "\\'; SELECT pg_sleep(9); --",
    '$1',
    '%',
    '${jndi:ldap://x}',
  ];

  describe('SQL metacharacters', () => {
    test.each(injections)('%s is no router, arm, metric, decision or token', async (text) => {
      const encoded = encodeURIComponent(text);
      await refused(['POST', '/v1/route', { router: text, context: {} }], 404, 'unknown-router');
      await refused(['GET', `/v1/routers/${encoded}`], 404, 'unknown-router');
      await refused(['GET', `/v1/routers/${encoded}/profiles`], 404, 'unknown-router');
      await refused(['DELETE', `/v1/routers/plain/arms/${encoded}`], 404, 'unknown-arm');
      await refused(['GET', `/v1/routers/plain/explain/${encoded}`], 400, 'invalid-request');
      await refused(feedback({ decision_id: text, failed: true }), 400, 'invalid-request');
      await refused(feedback({ feedback_token: text, failed: true }), 401, 'invalid-token');
      await refused(await decided({ [text]: 1 }), 400, 'invalid-request');
      await refused(
        ['POST', '/v1/routers', { id: text, arms: [], features: [], objective: {} }],
        400,
        'invalid-request',
      );
    });

    test.each(injections)('%s as a task or a source is text like any other', async (text) => {
      const response = await client.ask(...route({ task: text }));
      expect(response.statusCode).toBe(200);
      const { feedback_token: token } = response.json<RouteAnswer>();
      const applied = await client.ask(...feedback({ feedback_token: token, metrics: { accuracy: 1 }, source: text }));
      expect(applied.json()).toMatchObject({ status: 'applied' });
      expect((await client.ask('GET', '/v1/routers/plain')).statusCode).toBe(200);
    });

    test('text that no database keeps is refused where it would be kept', async () => {
      await refused(route({}, { constraints: { deny: ['a\0'] } }), 400, 'invalid-request');
      await refused(route({}, { baseline: '\ud800' }), 400, 'invalid-request');
      await refused(await decided({ accuracy: 1 }, { source: 'a\0b' }), 400, 'invalid-request');
      const features = [{ name: 'task', type: 'category', values: ['a\0'] }];
      const problem = await refused(
        ['POST', '/v1/routers', { id: 'nul', arms: [], features, objective: {} }],
        400,
        'invalid-request',
      );
      expect(problem.errors?.[0]?.pointer).toBe('/features/0/values/0');
    });

    test('in a prompt, which is used and forgotten, such text is fine', async () => {
      expect((await client.ask(...route({ task: 'sentiment', prompt: 'a\0b\ud800' }))).statusCode).toBe(200);
    });
  });

  describe('who is not there', () => {
    test('an unknown router', async () => {
      await refused(['POST', '/v1/route', { router: 'nobody', context: {} }], 404, 'unknown-router');
      for (const rest of ['', '/arms', '/profiles', '/state', '/overview']) {
        await refused(['GET', `/v1/routers/nobody${rest}`], 404, 'unknown-router');
      }
      await refused(['PATCH', '/v1/routers/nobody', { floor: 0 }], 404, 'unknown-router');
      await refused(['POST', '/v1/routers/nobody/arms', { id: 'a' }], 404, 'unknown-router');
    });

    test('an unknown arm', async () => {
      await refused(route({}, { candidates: ['nobody'] }), 404, 'unknown-arm');
      await refused(route({}, { constraints: { allow: ['nobody'] } }), 404, 'unknown-arm');
      await refused(['PATCH', '/v1/routers/plain/arms/nobody', { state: 'paused' }], 404, 'unknown-arm');
      await refused(['DELETE', '/v1/routers/plain/arms/nobody'], 404, 'unknown-arm');
    });

    test('an unknown feature', async () => {
      await refused(['PUT', '/v1/routers/plain/encoders/nothing', { artifact: 'AAAA' }], 422, 'invalid-encoder');
    });

    test.each([
      ['task', 7],
      ['tokens', 'many'],
      ['prompt', [1]],
      ['v', 'x'],
      ['v', [1, 2]],
    ])('a context value that its feature cannot read points at the field: %s %j', async (name, value) => {
      const problem = await refused(route({ [name]: value }), 400, 'invalid-context');
      expect(problem.errors?.[0]?.pointer).toBe(`/context/${name}`);
    });
  });

  describe('state that cannot be', () => {
    const change = async (alter: (state: ExportedState) => object): Promise<Ask> => {
      const state = await client.service.exportState('plain');
      return ['PUT', '/v1/routers/plain/state', { ...state, ...alter(state) }];
    };

    test('of another format, or for a router that has learned itself', async () => {
      await refused(await change(() => ({ format: 'tradewind-state-0' })), 400, 'invalid-request');
      await refused(await change(() => ({})), 409, 'already-learned');
    });

    test('with sums that are no sums, or an encoder that is none', async () => {
      const cell = { arm: 'small', metric: 'accuracy', epoch: 0 };
      for (const bytes of ['', 'AAAA', Buffer.alloc(500, 255).toString('base64')]) {
        await refused(await change(() => ({ statistics: [{ ...cell, bytes }] })), 422, 'invalid-state');
      }
      await refused(await change(() => ({ encoders: { abcd: 'AAAA' } })), 422, 'invalid-encoder');
      await refused(await change(() => ({ encoders: { 'not\na hash': 5 } })), 400, 'invalid-request');
    });
  });

  describe('outcomes that cannot be', () => {
    test('for nothing: no decision named, an unknown one, or two ways at once', async () => {
      await refused(feedback({ metrics: { accuracy: 1 } }), 400, 'invalid-request');
      await refused(
        feedback({ decision_id: '01936d2e-0000-7000-8000-000000000000', metrics: { accuracy: 1 } }),
        404,
        'unknown-decision',
      );
      const { decision_id, feedback_token } = await decide();
      await refused(feedback({ decision_id, feedback_token, metrics: { accuracy: 1 } }), 400, 'invalid-request');
    });

    test('of nothing: no metric, an empty set of them, an empty batch', async () => {
      await refused(await decided({}), 400, 'invalid-request');
      await refused(feedback({ feedback_token: (await decide()).feedback_token }), 400, 'invalid-request');
      await refused(feedback({ items: [] }), 400, 'invalid-request');
    });

    test('twice: the second is a duplicate and counts nothing', async () => {
      const report = await decided({ accuracy: 1, energy_j: 3 });
      expect((await client.ask(...report)).json()).toMatchObject({ status: 'applied' });
      const before = await memory();
      const again = await client.ask(...report);
      expect([again.statusCode, again.json<FeedbackResult>().status]).toEqual([200, 'duplicate']);
      expect(await memory()).toBe(before);
    });

    test('different twice: a conflict', async () => {
      const { feedback_token } = await decide();
      await client.ask(...feedback({ feedback_token, metrics: { accuracy: 1 } }));
      await refused(feedback({ feedback_token, metrics: { accuracy: 0.5 } }), 409, 'feedback-conflict');
    });

    test('twice and differently within one batch: one applied, one duplicate, one conflict', async () => {
      const { feedback_token } = await decide();
      const items = [1, 1, 0].map((accuracy) => ({ feedback_token, metrics: { accuracy } }));
      const { results } = (await client.ask(...feedback({ items }))).json<{ results: FeedbackResult[] }>();
      expect(results.map(({ status, code }) => code ?? status)).toEqual(['applied', 'duplicate', 'feedback-conflict']);
    });

    test.each([
      ['accuracy', 1.0001],
      ['accuracy', -1e-9],
      ['energy_j', -1],
      ['energy_j', 1e300],
      ['latency_ms', -5],
      ['cost_usd', 1e9],
      ['toxicity', 0.5],
    ])('out of range or unknown: %s %d', async (metric, value) => {
      const problem = await refused(await decided({ [metric]: value }), 422, 'invalid-metric');
      expect(problem.detail).toContain(metric);
    });

    test('one impossible metric among good ones takes in none of them', async () => {
      await refused(await decided({ energy_j: 2, accuracy: 3 }), 422, 'invalid-metric');
    });

    test('of a decision in the future', async () => {
      const time = Date.UTC(2099, 0, 1).toString(16).padStart(12, '0');
      const future = `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
      await refused(feedback({ decision_id: future, metrics: { accuracy: 1 } }), 404, 'unknown-decision');
    });

    test('with a token that is forged, altered or cut', async () => {
      const { feedback_token: token } = await decide();
      const altered = (token!.startsWith('A') ? 'B' : 'A') + token!.slice(1);
      for (const wrong of ['x', altered, token!.slice(0, -2), `${token}AA`]) {
        await refused(feedback({ feedback_token: wrong, metrics: { accuracy: 1 } }), 401, 'invalid-token');
      }
    });
  });
});
