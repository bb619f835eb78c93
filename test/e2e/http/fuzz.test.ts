/** Whatever is sent, nothing is answered with 500, and every refusal is a problem. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { bodies } from '../../support/bodies.js';
import { onEveryEngine } from '../../support/every-store.js';
import { startClient, type Client } from '../../support/http.js';
import { startService } from '../../support/service.js';

let client: Client;

const endpoints = [
  ['POST', '/v1/route', bodies.route],
  ['POST', '/v1/feedback', bodies.feedback],
  ['POST', '/v1/routers', bodies.router],
  ['PATCH', '/v1/routers/fuzzed', bodies.routerPatch],
  ['POST', '/v1/routers/fuzzed/arms', bodies.arm],
  ['PATCH', '/v1/routers/fuzzed/arms/small', bodies.arm],
  ['POST', '/v1/routers/fuzzed/profiles', bodies.profiles],
  ['PUT', '/v1/routers/fuzzed/state', bodies.state],
  ['PUT', '/v1/routers/fuzzed/encoders/prompt', fc.record({ artifact: fc.oneof(fc.base64String(), fc.string()) })],
] as const;

async function survives(...request: Parameters<Client['ask']>): Promise<void> {
  const response = await client.ask(...request);
  expect(response.statusCode, response.body.slice(0, 300)).toBeLessThan(500);
  if (response.statusCode < 400) return;
  expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  expect(response.json()).toMatchObject({ status: response.statusCode, detail: expect.stringMatching(/.{6}/) });
}

onEveryEngine((open) => {
  beforeAll(async () => (client = await startClient({ service: await startService(open) })));
  afterAll(() => client.close());

  describe.each(endpoints)('%s %s', (method, url, arbitrary) => {
    beforeAll(async () => {
      await client.ask('POST', '/v1/routers', {
        id: 'fuzzed',
        arms: [{ id: 'small' }, { id: 'qwen/qwen3-8b' }],
        features: [
          { name: 'task', type: 'category', values: ['qa'] },
          { name: 'prompt', type: 'text', dimension: 8 },
        ],
        objective: { accuracy: 1, energy_j: -0.0005 },
      });
    });

    test('bodies that are nearly right', async () => {
      await fc.assert(
        fc.asyncProperty(arbitrary as fc.Arbitrary<unknown>, (body) => survives(method, url, body)),
        { numRuns: 60 },
      );
    });

    test('any JSON', async () => {
      await fc.assert(
        fc.asyncProperty(fc.json(), (body) => survives(method, url, body)),
        { numRuns: 30 },
      );
    });

    test('any bytes', async () => {
      const bytes = fc.uint8Array({ maxLength: 64 }).map((array) => Buffer.from(array));
      await fc.assert(
        fc.asyncProperty(bytes, (body) => survives(method, url, body)),
        { numRuns: 30 },
      );
    });
  });

  test('any address', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE'), fc.webPath(), (method, path) =>
        survives(method, `/v1/routers/${path.replace(/^\/+/, '')}`),
      ),
      { numRuns: 100 },
    );
  });
});
