/** Epochs are numbered by the half-life: a router that changes it must not weigh old sums by an age they do not have. */
import { afterEach, expect, it } from 'vitest';

import type { Tradewind } from '../../../src/runtime/tradewind.js';
import { seededRandom } from '../../support/random.js';
import { smallRouter, someContext, startRealService, teach } from '../../support/real-service.js';

const running: Tradewind[] = [];
afterEach(() => Promise.all(running.splice(0).map((service) => service.close())));

async function taught(): Promise<Tradewind> {
  const { service } = await startRealService({ engine: 'pglite-memory' });
  running.push(service);
  await service.createRouter(smallRouter('r', { half_life: '1h' }));
  await teach(service, 'r', 200, seededRandom(3));
  return service;
}

const expectedNow = async (service: Tradewind) => {
  const { ranking } = await service.route({ router: 'r', context: { task: 'qa' }, dry_run: true });
  return Object.fromEntries(ranking.map(({ arm, expected }) => [arm, expected?.['accuracy']]));
};

it.each([{ half_life: '30d' }, { half_life: '1s' }, { half_life: null }])(
  'goes on from what it had learned when the half-life becomes %j, and learns by the new one',
  async (patch) => {
    const service = await taught();
    const before = await expectedNow(service);
    const { spec, outcomes } = await service.changeRouter('r', patch);
    expect(spec.half_life ?? null).toBe(patch.half_life);
    // The old sums are not weighed any more: what they said has become a profile.
    expect(outcomes).toMatchObject({ accuracy: 0 });
    const learned = service.readProfiles('r').filter(({ task }) => task === 'qa');
    expect(learned).toHaveLength(3);
    for (const { arm, metrics } of learned) expect(metrics['accuracy']).toBeCloseTo(before[arm]!, 1);

    await teach(service, 'r', 20, seededRandom(4));
    // A view follows when the share of time for forming them allows.
    await expect.poll(() => service.readRouter('r').outcomes['accuracy']).toBeGreaterThan(0);
    const { decision_id } = await service.route({ router: 'r', context: someContext(seededRandom(5)) });
    expect(await service.explain('r', decision_id)).toMatchObject({ reproduced: true });
  },
);
