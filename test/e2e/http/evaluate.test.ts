import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import { ConfidenceSequence } from '../../../sim/off-policy/intervals/confidence-sequence.js';
import type { RouteAnswer } from '../../../src/routing/request.js';
import type { RouterSpec } from '../../../src/routing/spec.js';
import type { WindowEvaluation } from '../../../src/runtime/evaluate.js';
import { problemIn, startClient, type Client } from '../../support/http.js';

const requests = 600;
const accuracyOf: Record<string, Record<string, number>> = {
  small: { qa: 0.9, code: 0.2 },
  large: { qa: 0.9, code: 0.9 },
};
const costOf: Record<string, number> = { small: 0.001, large: 0.01 };

const spec: RouterSpec = {
  id: 'logged',
  arms: [{ id: 'small' }, { id: 'large' }],
  features: [{ name: 'task', type: 'category', values: ['qa', 'code'] }],
  objective: { accuracy: 1 },
  policy: { name: 'uniform' },
};

let client: Client;
beforeAll(async () => {
  client = await startClient();
  await client.ask('POST', '/v1/routers', spec);
  for (let i = 0; i < requests; i++) {
    const task = i % 2 === 0 ? 'qa' : 'code';
    const answer = (await client.ask('POST', '/v1/route', { router: 'logged', context: { task } })).json<RouteAnswer>();
    // The seventh of each ten is right or wrong by the arm's accuracy, in a pattern that no arm can see.
    const right = ((i * 7) % 10) / 10 < accuracyOf[answer.arm]![task]!;
    const metrics = { accuracy: right ? 1 : 0, cost_usd: costOf[answer.arm]! };
    await client.ask('POST', '/v1/feedback', { feedback_token: answer.feedback_token, metrics });
  }
});
afterAll(() => client.close());

const evaluate = async (question: object) => {
  const response = await client.ask('POST', '/v1/routers/logged/evaluate', question);
  expect(response.statusCode, response.body.slice(0, 500)).toBe(200);
  return response.json<WindowEvaluation>();
};
const rowOf = ({ estimates }: WindowEvaluation, name: string) => estimates.find(({ estimator }) => estimator === name)!;

/** Decisions are logged a moment after they are answered. */
const logged = () =>
  expect.poll(async () => (await evaluate({ estimators: ['dm'] })).rounds, { timeout: 5_000 }).toBe(requests);

describe('POST /v1/routers/{id}/evaluate', () => {
  test('says of the policy as it is what it did earn', async () => {
    await logged();
    const evaluation = await evaluate({});
    expect(evaluation).toMatchObject({ router: 'logged', target: 'uniform', rounds: requests, used: requests });
    const { value, max_weight } = rowOf(evaluation, 'ips');
    expect(value).toBeCloseTo(evaluation.logged!.value, 9);
    expect(max_weight).toBeCloseTo(1, 9);
  });

  test('says which estimators are biased by design, and by what', async () => {
    await logged();
    const evaluation = await evaluate({});
    expect(rowOf(evaluation, 'dm')).toMatchObject({ biased: 'what its outcome model may be wrong by' });
    expect(rowOf(evaluation, 'dr')).not.toHaveProperty('biased');
  });

  test('says what a fixed arm would have earned and cost', async () => {
    await logged();
    const evaluation = await evaluate({ policy: { name: 'fixed', arm: 'large' }, floor: 0 });
    const { low, high, metrics } = rowOf(evaluation, 'dr');
    expect(low).toBeLessThan(0.9);
    expect(high).toBeGreaterThan(0.9);
    expect(metrics!['cost_usd']!.value).toBeCloseTo(0.01, 4);
  });

  test('says what other weights and a budget would have changed', async () => {
    await logged();
    const free = rowOf(await evaluate({ policy: { name: 'linucb' } }), 'dr');
    const dear = await evaluate({ policy: { name: 'linucb' }, objective: { accuracy: 1, cost_usd: -500 } });
    const bound = await evaluate({ policy: { name: 'linucb' }, budget: { metric: 'cost_usd', per_request: 0.004 } });
    expect(free.metrics!['cost_usd']!.value).toBeGreaterThan(0.0055);
    expect(rowOf(dear, 'dr').metrics!['cost_usd']!.value).toBeLessThan(0.002);
    expect(rowOf(bound, 'dr').metrics!['cost_usd']!.value).toBeLessThan(0.0048);
  });

  test('takes the newest decisions of the window up to the limit', async () => {
    await logged();
    const { rounds } = await evaluate({ limit: 100 });
    expect(rounds).toBeGreaterThanOrEqual(100);
    expect(rounds).toBeLessThan(150);
  });

  describe('with an interval that holds at every look', () => {
    const from = new Date(Date.now() - 3_600_000).toISOString();
    const large = { policy: { name: 'fixed', arm: 'large' }, floor: 0, estimators: ['ips'] };
    const watched = { ...large, interval: 'anytime', from };

    test('holds the value, wider than for a single look, and as wide as of such rounds in a file', async () => {
      await logged();
      const once = rowOf(await evaluate({ ...large, from }), 'ips');
      const always = rowOf(await evaluate(watched), 'ips');
      expect(always.value).toBe(once.value);
      expect(always.low!).toBeLessThan(once.low!);
      // A sequence ends where the range does; the interval for a single look may go beyond it.
      expect(always.high!).toBeLessThanOrEqual(1);
      expect(always.low!).toBeLessThan(0.9);
      expect(always.high!).toBeGreaterThan(0.9);
      // As many rounds with weight 2 as were drawn of the arm, of which as many are right; in no order that matters much.
      const own = Math.round(always.effective_sample_size!);
      const right = Math.round((always.value! * requests) / 2);
      const reaches = (count: number, i: number, of: number) =>
        Math.floor(((i + 1) * count) / of) > Math.floor((i * count) / of);
      const sequence = new ConfidenceSequence({ minimum: 0, maximum: 1 });
      for (let i = 0, mine = 0; i < requests; i++) {
        const drawn = reaches(own, i, requests);
        sequence.add(drawn ? 2 : 0, drawn && reaches(right, mine++, own) ? 1 : 0);
      }
      const { low, high } = sequence.interval(0.95);
      expect(always.low!).toBeCloseTo(low, 1);
      expect(always.high!).toBeCloseTo(high, 1);
    });

    test('is bounded by what the metrics may be, or by the range that was declared', async () => {
      await logged();
      const weighed = { ...watched, objective: { accuracy: 1, cost_usd: -10 } };
      // A hundred dollars at most, ten points each.
      expect(rowOf(await evaluate(weighed), 'ips').low!).toBeLessThan(-10);
      const declared = rowOf(await evaluate({ ...weighed, range: { minimum: -0.1, maximum: 1 } }), 'ips');
      expect(declared.low!).toBeGreaterThan(0);
      const outside = rowOf(await evaluate({ ...weighed, range: { minimum: 0.5, maximum: 1 } }), 'ips');
      expect(outside.refused).toContain('outside 0.5 to 1');
    });

    test('says that other estimators have none', async () => {
      await logged();
      const { refused } = rowOf(await evaluate({ ...watched, estimators: ['dr'] }), 'dr');
      expect(refused).toBe('only ips has an anytime-valid interval');
    });

    test.each([
      [{ from: undefined }, 400, 'invalid-request'],
      [{ range: { minimum: 1, maximum: 0 } }, 400, 'invalid-request'],
      [{ range: { minimum: 0 } }, 400, 'invalid-request'],
      [{ interval: 'corrected', range: { minimum: 0, maximum: 1 } }, 400, 'invalid-request'],
      [{ limit: requests - 1 }, 422, 'not-evaluable'],
    ])('refuses %j', async (over, status, code) => {
      await logged();
      problemIn(await client.ask('POST', '/v1/routers/logged/evaluate', { ...watched, ...over }), status, code);
    });

    test('takes a window that just fits the limit', async () => {
      await logged();
      expect((await evaluate({ ...watched, limit: requests })).rounds).toBe(requests);
    });
  });

  test('refuses estimates that few decisions cannot support, and says why', async () => {
    await logged();
    const question = { limit: 20, policy: { name: 'fixed', arm: 'large' }, floor: 0, estimators: ['ips', 'replay'] };
    for (const row of (await evaluate(question)).estimates)
      expect(row).toMatchObject({ value: null, refused: expect.stringContaining('fewer than 50') });
  });

  describe('of a router that decided once', () => {
    let arm: string;
    const ask = (policy: object) => client.ask('POST', '/v1/routers/fresh/evaluate', { policy, floor: 0 });
    beforeAll(async () => {
      await client.ask('POST', '/v1/routers', { ...spec, id: 'fresh' });
      const asked = await client.ask('POST', '/v1/route', { router: 'fresh', context: { task: 'qa' } });
      const answer = asked.json<RouteAnswer>();
      arm = answer.arm;
      await client.ask('POST', '/v1/feedback', { feedback_token: answer.feedback_token, metrics: { accuracy: 1 } });
      const known = async () => expect((await ask({ name: 'uniform' })).statusCode).toBe(200);
      await vi.waitFor(known, { timeout: 5_000 });
    });

    test('has no answer, and no number in its place', async () => {
      const evaluation = (await ask({ name: 'fixed', arm })).json<WindowEvaluation>();
      expect(evaluation.logged).toBeNull();
      for (const row of evaluation.estimates)
        expect(row).toMatchObject({ value: null, low: null, high: null, refused: expect.any(String) });
    });

    test('refuses the policy that goes by profiles while there are none, and says how to bring them', async () => {
      const refused = problemIn(await ask({ name: 'profile' }), 422, 'not-evaluable');
      expect(refused.detail).toContain('import them with POST /v1/routers/fresh/profiles');
      const row = { arm, samples: 100, metrics: { accuracy: 0.8, energy_j: 5 }, source: 'a test', measured_on: '2026' };
      const imported = await client.ask('POST', '/v1/routers/fresh/profiles', { rows: [row] });
      expect(imported.statusCode, imported.body).toBe(200);
      expect((await ask({ name: 'profile' })).statusCode).toBe(200);
    });
  });

  test('leaves the router and its log as they were', async () => {
    await logged();
    const before = (await client.ask('GET', '/v1/routers/logged/state')).body;
    await evaluate({ policy: { name: 'thompson' } });
    expect((await client.ask('GET', '/v1/routers/logged/state')).body).toBe(before);
    expect((await evaluate({})).rounds).toBe(requests);
  });

  test('answers one at a time', async () => {
    await logged();
    const asked = [0, 1].map(() => client.ask('POST', '/v1/routers/logged/evaluate', {}));
    const statuses = (await Promise.all(asked)).map(({ statusCode }) => statusCode);
    expect(statuses.sort()).toEqual([200, 503]);
  });

  test.each([
    [{ policy: { name: 'fixed', arm: 'nobody' } }, 422, 'invalid-router'],
    [{ objective: { glory: 1 } }, 422, 'invalid-router'],
    [{ from: '2026-02-01T00:00:00Z', to: '2026-01-01T00:00:00Z' }, 400, 'invalid-request'],
    [{ from: '2020-01-01T00:00:00Z', to: '2020-01-02T00:00:00Z' }, 422, 'not-evaluable'],
    [{ estimators: ['guess'] }, 400, 'invalid-request'],
    [{ limit: 1e9 }, 400, 'invalid-request'],
    [{ polcy: {} }, 400, 'invalid-request'],
  ])('refuses %j', async (question, status, code) => {
    problemIn(await client.ask('POST', '/v1/routers/logged/evaluate', question), status, code);
  });

  test('does not know a router that is not there', async () => {
    problemIn(await client.ask('POST', '/v1/routers/nobody/evaluate', {}), 404, 'unknown-router');
  });
});
