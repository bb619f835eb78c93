/** What one service learned can be carried to another. */
import { afterEach, expect, it } from 'vitest';

import { Statistics } from '../../../policies/linear/statistics.js';
import { fitTextEncoder } from '../../../src/routing/features/fit-text-encoder.js';
import type { ExportedState } from '../../../src/runtime/exported-state.js';
import type { Tradewind } from '../../../src/runtime/tradewind.js';
import { seededRandom } from '../../support/random.js';
import { beliefOf, smallRouter, someContext, startRealService, teach } from '../../support/real-service.js';

const running: Tradewind[] = [];
afterEach(() => Promise.all(running.splice(0).map((service) => service.close())));

async function start(engine: 'pglite-memory' | 'postgres' = 'postgres'): Promise<Tradewind> {
  const { service } = await startRealService({ engine });
  running.push(service);
  return service;
}

/** A router with a fitted encoder, profiles and outcomes. */
async function learned(): Promise<Tradewind> {
  const random = seededRandom(7);
  const service = await start();
  await service.createRouter(smallRouter('r'));
  const prompts = Array.from({ length: 100 }, () => someContext(random)['prompt'] as string);
  const artifact = fitTextEncoder(prompts, { dimension: 8 }).toBytes();
  await service.putEncoder('r', 'prompt', Buffer.from(artifact).toString('base64'));
  const row = { arm: 'small', task: 'qa', metrics: { accuracy: 0.7 }, samples: 9, source: 'test', measured_on: '2026' };
  await service.importProfiles('r', [row], 'merge');
  await teach(service, 'r', 60, random);
  return service;
}

it('takes an encoder that it has already without a new revision', async () => {
  const service = await start();
  await service.createRouter(smallRouter('r'));
  const random = seededRandom(7);
  const prompts = Array.from({ length: 100 }, () => someContext(random)['prompt'] as string);
  const artifact = Buffer.from(fitTextEncoder(prompts, { dimension: 8 }).toBytes()).toString('base64');
  const first = await service.putEncoder('r', 'prompt', artifact);
  expect(first.revision).toBe(2);
  expect(await service.putEncoder('r', 'prompt', artifact)).toEqual(first);
});

it('gives another service the same belief, on the other engine too, and counts once when it is imported twice', async () => {
  const from = await learned();
  // As it travels.
  const state = JSON.parse(JSON.stringify(await from.exportState('r'))) as ExportedState;
  const to = await start('pglite-memory');
  for (let times = 0; times < 2; times++) {
    await to.importState('r', state);
    expect(beliefOf(to, 'r')).toEqual(beliefOf(from, 'r'));
    expect(await to.exportState('r')).toEqual(state);
  }
  await teach(to, 'r', 20, seededRandom(8));
  expect(to.readRouter('r').outcomes).toMatchObject({ accuracy: 80, energy_j: 80 });
  const { decision_id } = await to.route({ router: 'r', context: someContext(seededRandom(9)) });
  expect(await to.explain('r', decision_id)).toMatchObject({ reproduced: true });
});

it('is refused by a router that has learned itself, whose sums it may hold, and taken under a new name', async () => {
  const service = await learned();
  const state = await service.exportState('r');
  const before = beliefOf(service, 'r');
  await expect(service.importState('r', state)).rejects.toMatchObject({
    code: 'already-learned',
    status: 409,
    message: expect.stringMatching(/Nothing was changed; import it under a name .*--router r-2"/) as string,
  });
  expect(beliefOf(service, 'r')).toEqual(before);
  expect((await service.importState('copy', state)).spec.id).toBe('copy');
  expect(beliefOf(service, 'copy')).toEqual(before);
});

it('is refused when its sums do not fit its features, and leaves everything as it was', async () => {
  const from = await learned();
  const state = await from.exportState('r');
  const short = Buffer.from(new Statistics(3).toBytes()).toString('base64');
  const wrong: [string, ExportedState][] = [
    ['another schema', { ...state, schema: 'f00d' }],
    ['other features', { ...state, spec: { ...state.spec, features: [] } }],
    ['sums of another length', { ...state, statistics: [{ ...state.statistics[0], bytes: short }] }],
    ['sums that are none', { ...state, statistics: [{ ...state.statistics[0], bytes: 'AAAA' }] }],
    ['an encoder under another name', { ...state, encoders: { f00d: Object.values(state.encoders)[0] } }],
    ['no encoder', { ...state, encoders: {} }],
  ];
  const to = await start();
  const before = { belief: beliefOf(from, 'r'), router: from.readRouter('r') };
  for (const [why, bad] of wrong) {
    for (const service of [from, to])
      await expect(service.importState('r', bad), why).rejects.toMatchObject({ status: 422 });
  }
  expect(to.listRouters()).toEqual([]);
  expect({ belief: beliefOf(from, 'r'), router: from.readRouter('r') }).toEqual(before);
});
