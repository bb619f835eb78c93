/** What a router knows outlives the process: the same view to the bit, and every past decision explained. */
import { afterEach, expect, it } from 'vitest';

import type { RouteRequest } from '../../../src/routing/request.js';
import type { RouterSpec } from '../../../src/routing/spec.js';
import { fitTextEncoder } from '../../../src/routing/features/fit-text-encoder.js';
import type { Tradewind } from '../../../src/runtime/tradewind.js';
import type { StoreOptions } from '../../../src/store/open-store.js';
import { foldStripes } from '../../../src/store/fold-stripes.js';
import {
  beliefOf,
  onEveryPlace,
  smallRouter,
  someContext,
  startRealService,
  teach,
} from '../../support/real-service.js';
import { seededRandom } from '../../support/random.js';

const declared: readonly RouterSpec[] = [
  smallRouter('plain'),
  smallRouter('forgetful', {
    policy: { name: 'thompson' },
    half_life: '1s',
    budgets: [
      { metric: 'cost_usd', per_request: 0.004 },
      { metric: 'energy_j', limit: 50_000, per: '1h' },
    ],
  }),
  smallRouter('gapped', { policy: { name: 'inverse-gap' }, floor: 0.1, baseline: 'small' }),
];

/** Everything that a request can say beside its context. */
const requests: readonly Partial<RouteRequest>[] = [
  {},
  { candidates: ['small', 'large'] },
  { constraints: { max_energy_j: 40 } },
  { constraints: { max_energy_j: 1e-9, otherwise: 'relax' } },
  { constraints: { min_accuracy: 1, otherwise: 'baseline' }, baseline: 'medium' },
  { constraints: { deny: ['medium'] }, objective: { accuracy: 1, energy_j: -0.01, latency_ms: -0.0001 } },
  { objective: { cost_usd: -3 } },
];

onEveryPlace((place) => {
  let running: Tradewind | undefined;
  afterEach(() => running?.close());

  const start = async (where: StoreOptions) => {
    const { service, store } = await startRealService({ place: where });
    running = service;
    return { service, store };
  };

  it('comes back with the same belief of every arm and metric, and goes on from it', async () => {
    const random = seededRandom(1);
    const first = await start(place());
    for (const spec of declared) {
      await first.service.createRouter(spec);
      await teach(first.service, spec.id, 60, random, requests);
    }
    // One router is wholly in the log, one partly, one folded.
    await foldStripes(first.store, { stripe: first.service['host'].lease.stripe, behind: 2 });
    await teach(first.service, 'plain', 40, random);
    const before = new Map(['plain', 'gapped'].map((id) => [id, beliefOf(first.service, id)]));
    const exported = await Promise.all(declared.map(({ id }) => first.service.exportState(id)));
    await first.service.close();

    const { service } = await start(place());
    for (const [id, belief] of before) expect(beliefOf(service, id)).toEqual(belief);
    expect(await Promise.all(declared.map(({ id }) => service.exportState(id)))).toEqual(exported);
    await teach(service, 'plain', 20, random);
    expect(service.readRouter('plain').outcomes).toMatchObject({ accuracy: 120, energy_j: 120 });
  });

  it(
    'explains every decision with the numbers it was made from, whatever happened since',
    { timeout: 240_000 },
    async () => {
      const random = seededRandom(2);
      let { service } = await start(place());
      const made: { router: string; id: string; arm: string; propensity: number }[] = [];
      const decide = async (router: string) => {
        for (const answer of await teach(service, router, 40, random, requests))
          if (random.chance(0.3))
            made.push({ router, id: answer.decision_id, arm: answer.arm, propensity: answer.propensity });
      };
      const expectExplained = async (since: string) => {
        for (const { router, id, arm, propensity } of made) {
          const found = await service.explain(router, id);
          expect(found, `${router}, ${since}`).toMatchObject({ reproduced: true, arm, propensity });
        }
      };
      const routers = declared.map((spec) => ({ ...spec, id: `${spec.id}-explained` }));
      for (const spec of routers) {
        await service.createRouter(spec);
        await decide(spec.id);
      }
      await expectExplained('after more outcomes');
      for (const { id } of routers) {
        await service.changeRouter(id, { floor: 0.2, objective: { accuracy: 2 }, budgets: [] });
        await decide(id);
      }
      await expectExplained('after a revision');
      for (const { id } of routers) {
        const source = { samples: 50, source: 'a test', measured_on: '2026-11' };
        const row = { arm: 'small', task: 'qa', metrics: { accuracy: 0.9, energy_j: 3 }, ...source };
        await service.importProfiles(id, [row], 'merge');
        await service.addArm(id, { id: 'huge' });
        await service.changeArm(id, 'medium', { state: 'paused' });
        await decide(id);
      }
      await expectExplained('after profiles and arms changed');
      const prompts = Array.from({ length: 100 }, () => someContext(random)['prompt'] as string);
      const artifact = Buffer.from(fitTextEncoder(prompts, { dimension: 8 }).toBytes()).toString('base64');
      for (const { id } of routers) {
        await service.putEncoder(id, 'prompt', artifact);
        await service.removeArm(id, 'huge');
        await decide(id);
      }
      await expectExplained('after an encoder changed the features');
      await service.close();
      ({ service } = await start(place()));
      await expectExplained('after a restart');
    },
  );

  it('explains a decision that was made while an arm was held out', async () => {
    const { service } = await start(place());
    await service.createRouter(smallRouter('breaking', { breaker: { failures: 2, cooldown: '1h' } }));
    const ask = () => service.route({ router: 'breaking', context: { task: 'qa' } });
    const first = await ask();
    const others = [first, await service.route({ router: 'breaking', context: {}, candidates: [first.arm] })];
    await service.feedback(others.map(({ feedback_token }) => ({ feedback_token: feedback_token!, failed: true })));
    const answer = await ask();
    expect(answer.ranking.find(({ arm }) => arm === first.arm)?.excluded).toMatch(/fail|broke|breaker/i);
    expect(answer.arm).not.toBe(first.arm);
    const explained = await service.explain('breaking', answer.decision_id);
    expect(explained).toMatchObject({ reproduced: true });
    expect(explained.arms.find(({ arm }) => arm === first.arm)).toMatchObject({
      probability: 0,
      excluded: expect.any(String) as string,
    });
  });
});
