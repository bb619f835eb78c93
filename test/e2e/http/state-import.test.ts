/** State that is well-formed and still not of this router. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { Statistics } from '../../../policies/linear/statistics.js';
import type { RouteAnswer } from '../../../src/routing/request.js';
import type { ExportedState } from '../../../src/runtime/exported-state.js';
import { onEveryEngine } from '../../support/every-store.js';
import { problemIn, startClient, type Client } from '../../support/http.js';
import { startService } from '../../support/service.js';

let client: Client;
let made = 0;

/** Declares a router with a vector of this length, and teaches it one outcome. */
async function taught(dimension: number): Promise<ExportedState> {
  const id = `r${++made}`;
  const features = [{ name: 'v', type: 'vector' as const, dimension }];
  await client.service.createRouter({ id, arms: [{ id: 'a' }, { id: 'b' }], features, objective: { accuracy: 1 } });
  const question = { router: id, context: { v: new Array<number>(dimension).fill(0.5) } };
  const { feedback_token } = (await client.ask('POST', '/v1/route', question)).json<RouteAnswer>();
  await client.ask('POST', '/v1/feedback', { feedback_token, metrics: { accuracy: 1 } });
  return client.service.exportState(id);
}

const put = (state: ExportedState) => client.ask('PUT', `/v1/routers/${state.spec.id}/state`, state);

onEveryEngine((open) => {
  beforeAll(async () => (client = await startClient({ service: await startService(open) })));
  afterAll(() => client.close());

  describe('state of another router', () => {
    test('with another feature schema leaves the router as it was', async () => {
      const state = await taught(2);
      const foreign = { ...state, schema: 'another', spec: { ...state.spec, floor: 0.5 } };
      problemIn(await put(foreign), 422, 'invalid-state');
      expect(await client.service.exportState(state.spec.id)).toEqual(state);
    });

    test('with another feature schema makes no router', async () => {
      const state = await taught(2);
      const foreign = { ...state, schema: 'another', spec: { ...state.spec, id: 'never-made' } };
      problemIn(await put(foreign), 422, 'invalid-state');
      problemIn(await client.ask('GET', '/v1/routers/never-made'), 404, 'unknown-router');
    });

    test('with sums of another dimension is refused', async () => {
      const state = await taught(5);
      const { statistics } = await taught(2);
      problemIn(await put({ ...state, statistics }), 422, 'invalid-state');
      expect(await client.service.exportState(state.spec.id)).toEqual(state);
    });

    test('with two sums for one cell is refused', async () => {
      const state = await taught(2);
      problemIn(await put({ ...state, statistics: [...state.statistics, ...state.statistics] }), 422, 'invalid-state');
    });

    test.each<[string, RegExp, (sums: Statistics) => void]>([
      [
        'whose products exceed their squares',
        /no rows can have/,
        (sums) => sums.gram.set([0, 1000 * 4096 ** 2, 0, 0, 0, 0]),
      ],
      [
        'whose rows lack the first feature',
        /the first feature, which is 1 in each, are 999 over 1000 rows/,
        (sums) => sums.gram.set([999 * 4096 ** 2, 0, 0, 0, 0, 0]),
      ],
      [
        'whose products contradict each other',
        /not positive definite/,
        (sums) => sums.gram.set([10, -9, 10, -9, -9, 10].map((n) => n * 100 * 4096 ** 2)),
      ],
    ])('with sums that no rows can have, %s, is refused', async (_, detail, set) => {
      const state = await taught(2);
      const sums = new Statistics(4);
      sums.count = 1000;
      set(sums);
      const bytes = Buffer.from(sums.toBytes()).toString('base64');
      const statistics = state.statistics.map((cell) => ({ ...cell, bytes }));
      for (const id of [state.spec.id, 'never-made-either']) {
        const problem = problemIn(
          await put({ ...state, spec: { ...state.spec, id }, statistics }),
          422,
          'invalid-state',
        );
        expect(problem.detail).toMatch(detail);
      }
      problemIn(await client.ask('GET', '/v1/routers/never-made-either'), 404, 'unknown-router');
      expect(await client.service.exportState(state.spec.id)).toEqual(state);
    });

    test.each(['../../../../outside', '__proto__', 'a/b', ' ', '\0', 'Upper', 'x'.repeat(64)])(
      'makes no router of the name %j',
      async (name) => {
        const state = await taught(1);
        const before = client.service.listRouters().length;
        const refused = await client.ask('PUT', `/v1/routers/${encodeURIComponent(name)}/state`, state);
        const { detail, errors } = problemIn(refused, 422, 'invalid-router');
        expect(detail).toContain('lower-case letters, digits, - and _');
        expect(errors?.[0]?.pointer).toBe('/id');
        expect(client.service.listRouters()).toHaveLength(before);
      },
    );

    test('with an epoch that is no epoch is refused', async () => {
      const state = await taught(2);
      const statistics = state.statistics.map((cell) => ({ ...cell, epoch: 2 ** 53 }));
      problemIn(await put({ ...state, statistics }), 400, 'invalid-request');
      expect(client.service.readiness().status).toBe('ready');
    });
  });
});
