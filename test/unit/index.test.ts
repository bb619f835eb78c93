/** The library without a store. */
import { readFile } from 'node:fs/promises';

import { afterEach, describe, expect, expectTypeOf, it } from 'vitest';

import * as tradewind from '../../src/index.js';
import type { Answer, EmbeddedRouter, FeedbackResult, ProfileRow, RouterSpec } from '../../src/index.js';
import { brief } from '../../src/routing/brief.js';
import { seededRandom } from '../support/random.js';

const { createRouter, exampleProfiles, exampleRouter } = tradewind;

const spec = {
  id: 'summaries',
  arms: [{ id: 'small' }, { id: 'large' }],
  features: [{ name: 'task', type: 'category', values: ['news', 'law'] }],
  metrics: [{ name: 'helpfulness', unit: '1', minimum: 0, maximum: 1 }],
  objective: { accuracy: 1, energy_j: -0.001 },
  floor: 0.2,
} as const satisfies DeepReadonly<RouterSpec>;

type DeepReadonly<T> = { readonly [K in keyof T]: DeepReadonly<T[K]> };

const profiles: ProfileRow[] = [
  { arm: 'small', metrics: { accuracy: 0.6, energy_j: 2 }, samples: 100, source: 'test', measured_on: '2026' },
  { arm: 'large', metrics: { accuracy: 0.9, energy_j: 50 }, samples: 100, source: 'test', measured_on: '2026' },
];

/** Its probabilities move with every outcome. */
const sensitive: RouterSpec = { ...(structuredClone(spec) as unknown as RouterSpec), policy: { name: 'thompson' } };

const open: { close(): Promise<void> }[] = [];
async function make(options: Partial<tradewind.CreateRouterOptions<RouterSpec>> = {}) {
  const router = await createRouter({ spec: structuredClone(spec) as unknown as RouterSpec, profiles, ...options });
  open.push(router);
  return router;
}
afterEach(async () => {
  for (const router of open.splice(0)) await router.close();
});

const news = { context: { task: 'news' } } as const;
const ask = (router: EmbeddedRouter): Answer<RouterSpec> => router.route(news) as Answer<RouterSpec>;
const bytesOf = async (router: EmbeddedRouter) => (await router.exportState()).statistics;

describe('a router without a store', () => {
  it('decides at once, ranks every arm and knows what the profiles say', async () => {
    const router = await make();
    const answer = ask(router);
    expect(answer.ranking.map(({ arm }) => arm).sort()).toEqual(['large', 'small']);
    const { large } = Object.fromEntries(answer.ranking.map((ranked) => [ranked.arm, ranked]));
    expect(large.expected.accuracy).toBeCloseTo(0.9, 1);
    expect(large.probability).toBeCloseTo(0.9, 12);
    expect(answer.propensity).toBe(answer.ranking[0].probability);
    expect(answer.policy).toEqual({ name: 'linucb', version: expect.stringMatching(/^1\b/) as string });
  });

  it('learns an outcome once, however often it is reported', async () => {
    const router = await make();
    const report = { feedback_token: ask(router).feedback_token, metrics: { accuracy: 1, energy_j: 7 } };
    expect((await router.feedback(report)).status).toBe('applied');
    const learned = await bytesOf(router);
    expect(await router.feedback([report, report])).toMatchObject([{ status: 'duplicate' }, { status: 'duplicate' }]);
    expect(await bytesOf(router)).toEqual(learned);
    expect(router.state().outcomes).toMatchObject({ accuracy: 1, energy_j: 1, latency_ms: 0 });
  });

  it('refuses another value for the same outcome, unless it corrects it', async () => {
    const [router, twin] = [
      await make({ secret: 'one secret for both of the routers' }),
      await make({ secret: 'one secret for both of the routers' }),
    ];
    const { feedback_token } = ask(router);
    await router.feedback({ feedback_token, metrics: { accuracy: 1 } });
    const other = { feedback_token, metrics: { accuracy: 0.25 } };
    expect(await router.feedback(other)).toMatchObject({
      status: 'rejected',
      code: 'feedback-conflict',
      errors: [{ pointer: '/metrics/accuracy', detail: 'expected 1, which is stored; got 0.25' }],
    });
    expect((await router.feedback({ ...other, correction: true })).status).toBe('applied');
    await twin.feedback(other);
    expect(await bytesOf(router)).toEqual(await bytesOf(twin));
  });

  it('takes the id of a decision in place of its token, and refuses one that it does not know', async () => {
    const router = await make();
    const { decision_id } = ask(router);
    const results = await router.feedback([
      { decision_id, metrics: { accuracy: 1 } },
      { decision_id: '01936d2e-0000-7000-8000-000000000000', metrics: { accuracy: 1 } },
    ]);
    expect(results).toMatchObject([{ status: 'applied' }, { status: 'rejected', code: 'unknown-decision' }]);
  });

  it('refuses a token that another router signed', async () => {
    const [router, stranger] = [await make(), await make()];
    const { feedback_token } = ask(stranger);
    expect(await router.feedback({ feedback_token, metrics: { accuracy: 1 } })).toMatchObject({
      status: 'rejected',
      code: 'invalid-token',
    });
  });

  it('counts nothing twice up to the end of the window, and takes nothing after it', async () => {
    let now = Date.UTC(2026, 10, 23, 23, 59);
    const router = await make({ clock: () => now });
    const [first, second] = [ask(router), ask(router)];
    const report = (answer: Answer<RouterSpec>) =>
      router.feedback({ feedback_token: answer.feedback_token, metrics: { accuracy: 1 } });
    expect((await report(first)).status).toBe('applied');
    now += 6 * 86_400_000;
    expect((await report(ask(router))).status).toBe('applied');
    now += 86_400_000;
    expect((await report(first)).status).toBe('duplicate');
    now += 60_000;
    expect((await report(first)).status).toBe('late');
    expect((await report(second)).status).toBe('late');
  });

  it('explains a decision as it was made after more was learned', async () => {
    const router = await make({ spec: sensitive });
    for (let k = 0; k < 20; k++) {
      await router.feedback({ feedback_token: ask(router).feedback_token, metrics: { accuracy: k % 2, energy_j: k } });
    }
    const answer = ask(router);
    for (let k = 0; k < 20; k++) {
      await router.feedback({ feedback_token: ask(router).feedback_token, metrics: { accuracy: 0, energy_j: 900 } });
    }
    const why = await router.explain(answer.decision_id);
    expect(why).toMatchObject({ reproduced: true, arm: answer.arm, propensity: answer.propensity });
    expect(brief(why.arms.find(({ arm }) => arm === answer.arm)!.utility)).toBe(answer.ranking[0].utility);
  });

  it('explains with an outcome that was corrected later as it was then', async () => {
    const router = await make({ spec: sensitive });
    const { feedback_token } = ask(router);
    await router.feedback({ feedback_token, metrics: { accuracy: 1 } });
    const answer = ask(router);
    await router.feedback({ feedback_token, metrics: { accuracy: 0 }, correction: true });
    expect((await router.explain(answer.decision_id)).reproduced).toBe(true);
  });

  it('explains a decision of an earlier revision by the declaration of then', async () => {
    const router = await make();
    const { decision_id } = ask(router);
    await router.addArm({ id: 'middle' });
    await router.removeArm('small');
    const why = await router.explain(decision_id);
    expect(why).toMatchObject({ reproduced: true, policy: { revision: 1 } });
    expect(why.arms.map(({ arm }) => arm).sort()).toEqual(['large', 'small']);
  });

  describe('whose arm silently gets worse', () => {
    const watched: RouterSpec = {
      id: 'watched',
      arms: [{ id: 'first' }, { id: 'second' }],
      features: [{ name: 'task', type: 'category', values: ['news', 'law'] }],
      objective: { accuracy: 1 },
    };
    // Far enough apart that no draw of decisions, which are not seeded here, makes the better arm look the worse.
    const healthy = { first: 0.95, second: 0.5 };
    const fallen = { first: 0.15, second: 0.5 };
    /** @returns the answers, the outcome of each told before the next is asked for */
    async function serve(router: EmbeddedRouter, count: number, rates: Readonly<Record<string, number>>, seed: number) {
      const random = seededRandom(seed);
      const answers: Answer<RouterSpec>[] = [];
      for (let i = 0; i < count; i++) {
        const task = random.pick(['news', 'law']);
        const answer = (await router.route({ context: { task } })) as Answer<RouterSpec>;
        const metrics = { accuracy: random.chance(rates[answer.arm]) ? 1 : 0, latency_ms: 1000 * random.number() };
        await router.feedback({ feedback_token: answer.feedback_token, metrics });
        answers.push(answer);
      }
      return answers;
    }
    const share = (answers: readonly { arm: string }[], arm: string) =>
      answers.filter((answer) => answer.arm === arm).length / answers.length;

    it('finds that out, moves away from it, and explains decisions from before and after', async () => {
      const router = await make({ spec: watched, profiles: [] });
      const before = await serve(router, 400, healthy, 7);
      expect(router.state()).toMatchObject({ revision: 1, detected_changes: [] });
      expect(share(before.slice(200), 'first')).toBeGreaterThan(0.8);
      const after = await serve(router, 300, fallen, 8);
      const { detected_changes: found, revision, spec: declared } = router.state();
      expect(found).toMatchObject([{ arm: 'first', metric: 'accuracy', weight: 0.1, level_outcomes: 4 }]);
      expect(found![0].offset).toBeLessThan(-0.2);
      expect(share(after.slice(150), 'first')).toBeLessThan(0.3);
      expect(revision).toBe(2);
      // The declaration stays as its owner made it, and may be changed beside what was found.
      expect(declared).toEqual(watched);
      for (const { decision_id } of [before[0], before.at(-1)!, after[0], after.at(-1)!])
        expect(await router.explain(decision_id)).toMatchObject({ decision_id, reproduced: true });
      expect(await router.change({ floor: 0.02 })).toMatchObject({
        revision: 3,
        spec: { ...watched, floor: 0.02 },
        detected_changes: found,
      });
    });

    it('looks for nothing when it is told not to', async () => {
      const router = await make({ spec: { ...watched, detect_changes: false }, profiles: [] });
      await serve(router, 400, healthy, 7);
      await serve(router, 100, fallen, 8);
      expect(router.state()).toMatchObject({ revision: 1, detected_changes: [] });
    });

    it('is told by a correction of nothing new', async () => {
      const router = await make({ spec: watched, profiles: [] });
      const answers = await serve(router, 300, { first: 1, second: 0.5 }, 7);
      const first = answers.filter(({ arm }) => arm === 'first').slice(100, 140);
      await router.feedback(
        first.map(({ feedback_token }) => ({ feedback_token, metrics: { accuracy: 0 }, correction: true })),
      );
      expect(router.state()).toMatchObject({ revision: 1, detected_changes: [] });
    });
  });

  it('asks a new arm at once and keeps what it learned of the others', async () => {
    const router = await make();
    await router.feedback({ feedback_token: ask(router).feedback_token, metrics: { accuracy: 1 } });
    const state = await router.addArm({ id: 'middle' });
    expect(state.revision).toBe(2);
    expect(state.outcomes.accuracy).toBe(1);
    expect(ask(router).ranking).toHaveLength(3);
    await router.changeArm('middle', { state: 'paused' });
    expect(ask(router).ranking.find(({ arm }) => arm === 'middle')?.excluded).toBe('paused');
    await router.removeArm('middle');
    expect(ask(router).ranking).toHaveLength(2);
  });

  it('hands all that it knows to a router that has learned nothing, and once', async () => {
    const [router, heir] = [await make(), await make()];
    const teachOnce = (one: typeof router) =>
      one.feedback({ feedback_token: ask(one).feedback_token, metrics: { accuracy: 1 } });
    await teachOnce(router);
    const state = JSON.parse(JSON.stringify(await router.exportState())) as unknown;
    await heir.importState(state);
    await heir.importState(state);
    expect(heir.state().outcomes.accuracy).toBe(1);
    await teachOnce(heir);
    await expect(heir.importState(state)).rejects.toMatchObject({ code: 'already-learned' });
  });

  it('logs, charges and promises nothing in a dry run', async () => {
    const router = await make();
    const answer = (await router.route({ ...news, dry_run: true })) as Answer<RouterSpec>;
    expect(answer.feedback_token).toBeUndefined();
    await expect(router.explain(answer.decision_id)).rejects.toMatchObject({ code: 'unknown-decision' });
  });

  it('goes on with what it learned when features change', async () => {
    const router = await make({ profiles: [] });
    for (let k = 0; k < 30; k++) {
      const answer = ask(router);
      const metrics = { accuracy: answer.arm === 'large' ? 1 : 0 };
      await router.feedback({ feedback_token: answer.feedback_token, metrics });
    }
    const values = ['news', 'law', 'mail'];
    await router.change({ features: [{ name: 'task', type: 'category', values }] });
    const ranked = Object.fromEntries(ask(router).ranking.map((one) => [one.arm, one.expected.accuracy!]));
    expect(ranked.large).toBeGreaterThan(ranked.small + 0.2);
  });

  it('names what is wrong with a declaration, a profile, a question and a report, and stays as it was', async () => {
    await expect(createRouter({ spec: { ...spec, arms: 7 } as never })).rejects.toMatchObject({
      code: 'invalid-router',
      errors: [{ pointer: '/arms' }],
    });
    const unbelievable = [{ ...profiles[0], metrics: { accuracy: 61 } }];
    await expect(make({ profiles: unbelievable })).rejects.toMatchObject({ code: 'invalid-profile' });
    const router = await make();
    const before = await bytesOf(router);
    const asked = () => router.route({ context: { task: 'news' }, constraints: { max_energy_j: NaN } });
    expect(asked).toThrow(
      expect.objectContaining({
        code: 'invalid-request',
        errors: [expect.objectContaining({ pointer: '/constraints/max_energy_j' })],
      }),
    );
    expect(() => router.route({ context: { task: 7 } })).toThrow(expect.objectContaining({ code: 'invalid-context' }));
    await expect(router.feedback({ metrics: { accuracy: Infinity } })).rejects.toMatchObject({
      code: 'invalid-request',
    });
    const { feedback_token } = ask(router);
    expect(await router.feedback({ feedback_token, metrics: { accuracy: 40 } })).toMatchObject({
      status: 'rejected',
      code: 'invalid-metric',
    });
    expect(await bytesOf(router)).toEqual(before);
  });
});

describe('what a router of the library is opened and used with wrongly', () => {
  const opened = (options?: unknown) => createRouter(options as never);
  const refusal = (detail: string) => ({ code: 'invalid-request', message: expect.stringContaining(detail) as string });

  it('is named: no options, an unknown one, a store of another form', async () => {
    await expect(opened()).rejects.toMatchObject(refusal('expected an object, got nothing'));
    await expect(opened({})).rejects.toMatchObject({ code: 'invalid-router' });
    await expect(opened({ spec, profile: [] })).rejects.toMatchObject(refusal('did you mean "profiles"?'));
    const forms =
      "expected { dataDir: FOLDER }, { databaseUrl: ADDRESS }, 'memory', or for a router alone 'none', got ";
    for (const [store, came] of [
      ['disk', '"disk"'],
      [{ datadir: '/x' }, 'an object with datadir'],
      [{ dataDir: '' }, 'an object with dataDir'],
      [null, 'null'],
    ]) {
      await expect(opened({ spec, store })).rejects.toMatchObject(refusal(`/store: ${forms}${came as string}`));
      await expect(tradewind.openService({ store } as never)).rejects.toMatchObject(refusal(forms));
    }
    await expect(tradewind.openService(undefined as never)).rejects.toMatchObject(refusal('got nothing'));
  });

  it('is told that it was closed', async () => {
    const router = await make();
    const { feedback_token } = ask(router);
    await router.close();
    const closed = { code: 'router-closed', message: expect.stringContaining('"summaries" was closed') as string };
    expect(() => router.route(news)).toThrow(expect.objectContaining(closed));
    await expect(router.feedback({ feedback_token, metrics: { accuracy: 1 } })).rejects.toMatchObject(closed);
    await expect(router.addArm({ id: 'late' })).rejects.toMatchObject(closed);
    await expect(router.close()).resolves.toBeUndefined();
  });
});

describe('an arm that is bound to a task', () => {
  it('serves requests that name it, though no feature declares it', async () => {
    const router = await make();
    await router.addArm({ id: 'poet', tasks: ['poems'] });
    const poetOf = ({ ranking }: Answer<RouterSpec>) => ranking.find(({ arm }) => arm === 'poet')!.probability;
    expect(poetOf(router.route({ context: { task: 'poems/haiku' } }) as Answer<RouterSpec>)).toBeGreaterThan(0);
    expect(poetOf(ask(router))).toBe(0);
  });
});

describe('the types of a router', () => {
  it('know the arms and metrics of a declaration written in the call', async () => {
    const router = await createRouter({
      spec: {
        id: 'typed',
        arms: [{ id: 'small' }, { id: 'large' }],
        features: [{ name: 'task', type: 'category', values: ['news'] }],
        metrics: [{ name: 'helpfulness', unit: '1', minimum: 0, maximum: 1 }],
        objective: { accuracy: 1 },
      },
    });
    const answer = router.route({ context: { task: 'news' }, candidates: ['small'] });
    expectTypeOf(answer.arm).toEqualTypeOf<'small' | 'large'>();
    // @ts-expect-error there is no such arm
    expect(() => router.route({ context: {}, candidates: ['huge'] })).toThrow(/huge/);
    // @ts-expect-error there is no such metric
    const wrong = await router.feedback({ decision_id: answer.decision_id, metrics: { helpful: 1 } });
    expect(wrong.code).toBe('invalid-metric');
    const right = await router.feedback({ decision_id: answer.decision_id, metrics: { helpfulness: 1 } });
    expectTypeOf(right).toEqualTypeOf<FeedbackResult>();
    expect(right.status).toBe('applied');
    await router.close();
  });
});

describe('the README of the library', () => {
  it('shows a program that runs', async () => {
    const readme = await readFile(new URL('../../src/README.md', import.meta.url), 'utf8');
    const [, program] = /```ts\n([\s\S]*?)```/.exec(readme)!;
    const body = program.replace(/^import \{(.*)\} from 'tradewind';/, 'const {$1} = tradewind;');
    const lines: string[] = [];
    const run = new Function('tradewind', 'console', `return (async () => {${body}})()`) as (
      library: typeof tradewind,
      console: { log(line: string): void },
    ) => Promise<void>;
    await run(tradewind, { log: (line) => lines.push(line) });
    expect(lines).toEqual([
      expect.stringMatching(/ was chosen with probability [01]\.\d{3}$/),
      'the outcome was applied',
    ]);
  });

  it('seeds the example router with the shipped profiles', async () => {
    const router = await createRouter({ spec: exampleRouter(), profiles: exampleProfiles() });
    open.push(router);
    const answer = (await router.route({ context: { task: 'sentiment' } })) as Answer<RouterSpec>;
    expect(answer.ranking[0].expected.energy_j).toBeGreaterThan(0);
    expect(answer.ranking.some(({ excluded }) => excluded?.startsWith('serves only'))).toBe(true);
  });
});
