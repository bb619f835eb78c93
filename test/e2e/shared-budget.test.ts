/** Replicas hold one budget together, also when one is killed and replaced, or all of them are. */
import { rm } from 'node:fs/promises';

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import type { RouteAnswer } from '../../src/routing/request.js';
import { makeDatabase } from '../support/every-store.js';
import { seededRandom, type SeededRandom } from '../support/random.js';
import { startProcess, type TradewindProcess } from '../support/tradewind-process.js';
import { transpileProgram } from '../support/transpiled-program.js';

const ceiling = 0.01;
/** What a request costs on average, by arm. */
const costs: Readonly<Record<string, number>> = { small: 0.001, medium: 0.008, large: 0.1 };
const router = {
  id: 'r',
  arms: Object.keys(costs).map((id) => ({ id })),
  features: [{ name: 'task', type: 'category', values: ['qa', 'code'] }],
  objective: { accuracy: 1 },
  budgets: [{ metric: 'cost_usd', per_request: ceiling }],
};
const rates: Readonly<Record<string, number>> = { small: 0.5, medium: 0.7, large: 0.95 };
const rows = Object.entries(costs).map(([arm, cost_usd]) => ({
  arm,
  metrics: { accuracy: rates[arm], cost_usd },
  samples: 100,
  source: 'a test',
  measured_on: '2026-11',
}));

async function post<T>(url: string, path: string, body: unknown): Promise<T> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(20_000),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

class Spending {
  requests = 0;
  spent = 0;
  constructor(private readonly random: SeededRandom) {}

  /** Requests to replicas taken by chance, eight at a time; a bill may be sent to another one than decided. */
  async serve(replicas: () => readonly TradewindProcess[], requests: number): Promise<void> {
    for (let sent = 0; sent < requests; sent += 8)
      await Promise.all(Array.from({ length: 8 }, () => this.one(replicas)));
  }

  private async one(replicas: () => readonly TradewindProcess[]): Promise<void> {
    const { random } = this;
    const { url } = random.pick(replicas());
    const context = { task: random.pick(['qa', 'code']) };
    const { arm, feedback_token } = await post<RouteAnswer>(url, '/v1/route', { router: 'r', context });
    const cost_usd = costs[arm] * (0.5 + random.number());
    this.requests++;
    this.spent += cost_usd;
    const item = { feedback_token, metrics: { cost_usd, accuracy: random.chance(rates[arm]) ? 1 : 0 } };
    await post(random.pick(replicas()).url, '/v1/feedback', item);
  }

  get use(): number {
    return this.spent / (this.requests * ceiling);
  }
}

describe('three replicas with one budget', () => {
  let program: string;
  let replicas: TradewindProcess[] = [];
  beforeAll(async () => {
    program = await transpileProgram();
  });
  afterAll(() => rm(program, { recursive: true, force: true }));
  afterEach(() => Promise.all(replicas.splice(0).map((replica) => replica.kill())));

  it('spend it once, through the death of one and then of all', { timeout: 300_000 }, async () => {
    const databaseUrl = await makeDatabase();
    const secret = 'a secret of the test that is long enough';
    const startOne = () => startProcess({ program, databaseUrl, secret });
    replicas = [await startOne(), await startOne(), await startOne()];
    await post(replicas[0].url, '/v1/routers', router);
    await post(replicas[0].url, '/v1/routers/r/profiles', { rows });
    const priceAt = async ({ url }: TradewindProcess) => {
      const overview = (await (await fetch(`${url}/v1/routers/r/overview`)).json()) as { budgets: { price: number }[] };
      return overview.budgets[0].price;
    };
    for (const { url } of replicas)
      await expect.poll(async () => (await fetch(`${url}/v1/routers/r`)).status).toBe(200);
    const spending = new Spending(seededRandom(17));
    await spending.serve(() => replicas, 800);
    expect(spending.use).toBeLessThanOrEqual(1.05);
    expect(spending.use).toBeGreaterThan(0.7);

    await replicas.splice(1, 1)[0].kill();
    await spending.serve(() => replicas, 104);
    replicas.push(await startOne());
    // Where the others are, before it has decided anything.
    expect(await priceAt(replicas[2])).toBeGreaterThan(0.2 * (await priceAt(replicas[0])));
    await spending.serve(() => replicas, 400);
    expect(spending.use).toBeLessThanOrEqual(1.05);

    await Promise.all(replicas.splice(0).map((replica) => replica.kill()));
    replicas = [await startOne()];
    expect(await priceAt(replicas[0])).toBeGreaterThan(0);
    await spending.serve(() => replicas, 200);
    expect(spending.use).toBeLessThanOrEqual(1.05);
  });
});
