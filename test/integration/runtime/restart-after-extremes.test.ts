/** Whatever a caller declares or imports, the next start serves: what cannot be believed never reaches the store. */
import { afterEach, describe, expect, it, vi } from 'vitest';

import * as maintenance from '../../../src/store/maintain.js';
import type { RouteAnswer } from '../../../src/routing/request.js';
import { makeDatabase } from '../../support/every-store.js';
import { problemIn, startClient, type Client } from '../../support/http.js';
import { smallRouter, startRealService } from '../../support/real-service.js';

let client: Client | undefined;
afterEach(async () => {
  vi.restoreAllMocks();
  await client?.close();
  client = undefined;
});

/** A service over the given database, with one router that was there before anything went wrong. */
async function start(databaseUrl: string): Promise<Client> {
  client = await startClient({ service: (await startRealService({ place: { databaseUrl } })).service });
  return client;
}

async function restart(databaseUrl: string): Promise<Client> {
  await client?.close();
  return start(databaseUrl);
}

async function serves({ ask }: Client, router: string): Promise<void> {
  const answer = await ask('POST', '/v1/route', { router, context: { task: 'qa' } });
  expect({ status: answer.statusCode, body: answer.body }).toMatchObject({ status: 200 });
  const { feedback_token } = answer.json<RouteAnswer>();
  const metrics = { accuracy: 1, cost_usd: 0.01 };
  expect((await ask('POST', '/v1/feedback', { feedback_token, metrics })).json()).toMatchObject({ status: 'applied' });
}

describe('durations beyond every date', () => {
  it('are refused, and the next start serves', async () => {
    const databaseUrl = await makeDatabase();
    const { ask } = await start(databaseUrl);
    await ask('POST', '/v1/routers', smallRouter('first'));
    for (const feedback_window of ['999999999d', '100000000d']) {
      const refusal = await ask('POST', '/v1/routers', smallRouter('endless', { feedback_window }));
      expect(problemIn(refusal, 422, 'invalid-router').errors).toMatchObject([{ pointer: '/feedback_window' }]);
    }
    await serves(await restart(databaseUrl), 'first');
  });

  it('are no matter of a start: it goes on where the logs cannot be maintained', async () => {
    const databaseUrl = await makeDatabase();
    const { ask } = await start(databaseUrl);
    await ask('POST', '/v1/routers', smallRouter('first'));
    vi.spyOn(maintenance, 'maintain').mockRejectedValueOnce(new Error('time zone displacement out of range'));
    await serves(await restart(databaseUrl), 'first');
  });
});
