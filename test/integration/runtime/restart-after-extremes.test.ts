/** Whatever a caller declares or imports, the next start serves: what cannot be believed never reaches the store. */
import { afterEach, describe, expect, it, vi } from 'vitest';

import { Statistics } from '../../../policies/linear/statistics.js';
import * as maintenance from '../../../src/store/maintain.js';
import type { RouteAnswer } from '../../../src/routing/request.js';
import type { ExportedState } from '../../../src/runtime/exported-state.js';
import { createRouter } from '../../../src/store/create-router.js';
import { openStore } from '../../../src/store/open-store.js';
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

const at = '2026-11-26T00:00:00Z';
const change = { at, arm: 'small', metric: 'cost_usd' };
const changed = (...members: readonly object[]) => ({ changes: members.map((member) => ({ ...change, ...member })) });
const measured = (member: object) => ({ metrics: [{ name: 'odd', unit: '1', minimum: 0, maximum: 1, ...member }] });
const priced = (...prices: readonly number[]) => ({
  arms: prices.map((cost_usd, i) => ({ id: ['small', 'medium', 'large'][i], list_price: { cost_usd } })),
});

describe('members of a declaration that no belief can be formed with', () => {
  const cases: readonly [patch: object, pointer: string][] = [
    ...[1e308, 1e160, 5e-324].map((scale): [object, string] => [changed({ scale }), '/changes/0/scale']),
    [changed({ scale: 1e200 }, { scale: 1e200 }), '/changes/0/scale'],
    [changed({ scale: 1e20 }, { scale: 1e20 }), '/changes/0/scale'],
    [changed({ at: '2126-11-26T00:00:00Z', scale: 1e160 }), '/changes/0/scale'],
    ...[1e308, -1e160].map((offset): [object, string] => [changed({ offset }), '/changes/0/offset']),
    [changed({ level_outcomes: 5e-324 }), '/changes/0/level_outcomes'],
    [priced(1e308, 5e-324, 1), '/arms/0/list_price/cost_usd'],
    [{ objective: { accuracy: 1e308, energy_j: -1e308 } }, '/objective/accuracy'],
    [{ policy: { name: 'thompson', width: 1.1e6 } }, '/policy/width'],
    ...[1e121, 5e-324].map((maximum): [object, string] => [measured({ maximum }), '/metrics/0/maximum']),
    [measured({ noise: 1e308 }), '/metrics/0/noise'],
    [{ prior: { precision: 1e-310 } }, '/prior/precision'],
    [{ prior: { precision: 1e-300, trust: 1e300 } }, '/prior/precision'],
  ];

  it('are refused at the member, the router serves on, and so it does after the next start', async () => {
    const databaseUrl = await makeDatabase();
    const first = await start(databaseUrl);
    await first.ask('POST', '/v1/routers', smallRouter('first'));
    await serves(first, 'first');
    for (const [patch, pointer] of cases) {
      const requests = [
        await first.ask('PATCH', '/v1/routers/first', patch),
        await first.ask('POST', '/v1/routers', { ...smallRouter('second'), ...patch }),
      ];
      for (const refusal of requests) {
        expect([400, 422], `${JSON.stringify(patch)}: ${refusal.body}`).toContain(refusal.statusCode);
        expect(refusal.json()).toMatchObject({
          errors: expect.arrayContaining([expect.objectContaining({ pointer })]),
        });
      }
    }
    await serves(first, 'first');
    const again = await restart(databaseUrl);
    expect(again.service.listRouters().map(({ spec, revision }) => [spec.id, revision])).toEqual([['first', 1]]);
    await serves(again, 'first');
  });
});

describe('a router that cannot be opened as it is stored', () => {
  it('is left out of the next start with a reason that names it, and the others are served', async () => {
    const databaseUrl = await makeDatabase();
    const first = await start(databaseUrl);
    await first.ask('POST', '/v1/routers', smallRouter('first'));
    const store = await openStore({ databaseUrl });
    const spec = smallRouter('old', { feedback_window: '999999999d' });
    await createRouter(store, { tenant: 'default', spec, profiles: [] }, new Date());
    await store.close();
    const again = await restart(databaseUrl);
    await serves(again, 'first');
    const reason = expect.stringMatching(/^router "old" cannot be opened at revision 1.*at most 3650d/);
    expect(again.service.readiness()).toEqual({ status: 'degraded', reasons: [reason] });
    const refusal = await again.ask('POST', '/v1/route', { router: 'old', context: {} });
    expect(problemIn(refusal, 422, 'invalid-router').detail).toEqual(reason);
  });
});

describe('a state with sums that no rows can have', () => {
  it('is refused before anything of it is stored, and the next start serves', async () => {
    const databaseUrl = await makeDatabase();
    const first = await start(databaseUrl);
    await first.ask('POST', '/v1/routers', smallRouter('first'));
    await serves(first, 'first');
    const state = (await first.ask('GET', '/v1/routers/first/state')).json<ExportedState>();
    const statistics = state.statistics.map((cell) => ({ ...cell, bytes: impossible(cell.bytes) }));
    problemIn(await first.ask('PUT', '/v1/routers/copy/state', { ...state, statistics }), 422, 'invalid-state');
    const again = await restart(databaseUrl);
    expect(again.service.listRouters().map(({ spec }) => spec.id)).toEqual(['first']);
    await serves(again, 'first');
  });
});

/** Sums of a thousand rows that have no first feature, and yet a product with it. */
function impossible(bytes: string): string {
  const { dimension } = Statistics.fromBytes(Buffer.from(bytes, 'base64'));
  const sums = new Statistics(dimension);
  sums.count = 1000;
  sums.gram[1] = 1000 * 4096 ** 2;
  return Buffer.from(sums.toBytes()).toString('base64');
}
