/** The service over a real database that it can be started on again. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe } from 'vitest';

import type { RouteAnswer, RouteRequest } from '../../src/routing/request.js';
import type { RouterSpec } from '../../src/routing/spec.js';
import type { Posterior } from '../../policies/linear/posterior.js';
import { startTradewind } from '../../src/runtime/start-tradewind.js';
import type { Tradewind } from '../../src/runtime/tradewind.js';
import type { TradewindOptions } from '../../src/runtime/tradewind-options.js';
import { migrate } from '../../src/store/migrate.js';
import { openStore, type StoreOptions } from '../../src/store/open-store.js';
import type { Store } from '../../src/store/store.js';
import { makeDatabase } from './every-store.js';
import type { SeededRandom } from './random.js';

export interface RealService {
  readonly service: Tradewind;
  readonly store: Store;
}

export interface RealServiceOptions extends Partial<Omit<TradewindOptions, 'store'>> {
  /** A database of its own where no place is given; on the shared Postgres by default, which is there at once. */
  readonly engine?: 'pglite-memory' | 'postgres';
  /** A place that was used before, or will be again. */
  readonly place?: StoreOptions;
}

/** @returns a service that the caller closes; its store is closed with it */
export async function startRealService(options: RealServiceOptions = {}): Promise<RealService> {
  const { engine = 'postgres', place, ...rest } = options;
  const own = async (): Promise<StoreOptions> =>
    engine === 'postgres' ? { databaseUrl: await makeDatabase() } : { memory: true };
  const store = await openStore(place ?? (await own()));
  try {
    await migrate(store);
    return { store, service: await startTradewind({ store, pollMs: 50, env: {}, ...rest }) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Declares the same tests for a data folder and for Postgres; `place` is one that outlives a service. */
export function onEveryPlace(body: (place: () => StoreOptions) => void): void {
  describe('over a data folder', () => {
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'tradewind-place-'));
    });
    afterAll(() => rm(folder, { recursive: true, force: true }));
    body(() => ({ dataDir: folder }));
  });
  describe('over Postgres', () => {
    let databaseUrl: string;
    beforeAll(async () => {
      databaseUrl = await makeDatabase();
    });
    body(() => ({ databaseUrl }));
  });
}

export const smallRouter = (id: string, over: Partial<RouterSpec> = {}): RouterSpec => ({
  id,
  arms: [{ id: 'small' }, { id: 'medium' }, { id: 'large' }],
  features: [
    { name: 'task', type: 'category', values: ['qa', 'code'] },
    { name: 'size', type: 'number', minimum: 0, maximum: 100 },
    { name: 'prompt', type: 'text', dimension: 8 },
  ],
  objective: { accuracy: 1, energy_j: -0.001 },
  ...over,
});

export const someContext = (random: SeededRandom): RouteRequest['context'] => ({
  task: random.pick(['qa', 'code', 'chat']),
  size: random.below(101),
  prompt: `please ${random.pick(['sort', 'explain', 'count'])} the ${random.pick(['apples', 'lists', 'words'])} ${random.below(50)}`,
});

/** Asks for routes and reports what came of them, batch by batch. @returns the answers */
export async function teach(
  service: Tradewind,
  router: string,
  count: number,
  random: SeededRandom,
  requests: readonly Partial<RouteRequest>[] = [{}],
): Promise<RouteAnswer[]> {
  const answers: RouteAnswer[] = [];
  while (answers.length < count) {
    const some: RouteAnswer[] = [];
    for (let i = Math.min(20, count - answers.length); i > 0; i--)
      some.push(await service.route({ router, context: someContext(random), ...random.pick(requests) }));
    const items = some.map(({ feedback_token, arm }) => ({
      feedback_token: feedback_token!,
      metrics: {
        accuracy: random.chance(arm === 'large' ? 0.9 : 0.6) ? 1 : 0,
        energy_j: random.number() * (arm === 'large' ? 200 : 20),
        cost_usd: random.number() * 0.01,
      },
    }));
    const results = await service.feedback(items);
    const refused = results.find(({ status }) => status !== 'applied');
    if (refused) throw new Error(`an outcome was not taken in: ${JSON.stringify(refused)}`);
    answers.push(...some);
  }
  return answers;
}

/** Every number that a router believes, bit by bit: posterior of each metric of each arm. */
export function beliefOf(service: Tradewind, router: string): Record<string, string> {
  const { view, router: built } = service['registry'].find(router).live;
  return Object.fromEntries(
    built.metricNames.flatMap((metric: string, m: number) =>
      built.arms.map((arm: string, k: number) => [
        `${arm} ${metric}`,
        bitsOf(view.posteriors[m * built.arms.length + k]),
      ]),
    ),
  );
}

function bitsOf({ mean, covariance, outcomes, trust }: Posterior): string {
  const numbers = Float64Array.from([...mean, ...covariance, outcomes, trust]);
  return Buffer.from(numbers.buffer).toString('base64');
}
