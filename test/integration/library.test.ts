/** The library over a store: the same router, with a memory that outlives it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createRouter, fitTextEncoder, type Answer, type ProfileRow, type RouterSpec } from '../../src/index.js';
import type { StoreChoice } from '../../src/index.js';
import { makeDatabase } from '../support/every-store.js';

const specOf = (id: string): RouterSpec => ({
  id,
  arms: [{ id: 'small' }, { id: 'large' }],
  features: [{ name: 'task', type: 'category', values: ['news', 'law'] }],
  objective: { accuracy: 1, energy_j: -0.001 },
});
const profiles: ProfileRow[] = [
  { arm: 'small', metrics: { accuracy: 0.6, energy_j: 2 }, samples: 100, source: 'test', measured_on: '2026' },
];
const news = { context: { task: 'news' } };
const ask = async (router: Awaited<ReturnType<typeof createRouter>>) =>
  (await router.route(news)) as Answer<RouterSpec>;

const folders: string[] = [];
const places: Record<string, () => Promise<StoreChoice>> = {
  'a folder': async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tradewind-library-'));
    folders.push(folder);
    return { dataDir: folder };
  },
  'a Postgres': async () => ({ databaseUrl: await makeDatabase() }),
};
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

describe.each(Object.keys(places))('a router of the library with its memory in %s', (place) => {
  let store: StoreChoice;
  beforeAll(async () => {
    store = await places[place]();
  });

  it('goes on where it was when it is opened again, and still takes the tokens it gave', async () => {
    const spec = specOf('again');
    const first = await createRouter({ spec, profiles, store });
    const [reported, open] = [await ask(first), await ask(first)];
    const metrics = { accuracy: 1, energy_j: 3 };
    expect((await first.feedback({ feedback_token: reported.feedback_token, metrics })).status).toBe('applied');
    const { statistics } = await first.exportState();
    await first.close();

    const second = await createRouter({ spec, profiles, store });
    expect(second.state().revision).toBe(first.state().revision);
    expect((await second.exportState()).statistics).toEqual(statistics);
    const results = await second.feedback([
      { feedback_token: reported.feedback_token, metrics },
      { feedback_token: open.feedback_token, metrics },
      { decision_id: open.decision_id, metrics },
    ]);
    expect(results.map(({ status }) => status)).toEqual(['duplicate', 'applied', 'duplicate']);
    expect(await second.explain(open.decision_id)).toMatchObject({ reproduced: true, arm: open.arm });
    await second.close();
  });

  it('changes the stored router to a new declaration and keeps what was learned and fitted', async () => {
    const prompts = Array.from({ length: 200 }, (_, i) => `word${i % 17} of text ${i % 5} and number ${i % 11}`);
    const encoder = fitTextEncoder(prompts, { dimension: 8, seed: 1 });
    const text = { name: 'prompt', type: 'text', dimension: 16 } as const;
    const declared = { ...specOf('changed'), features: [...specOf('changed').features, text], floor: 0.3 };
    const first = await createRouter({ spec: declared, store });
    await first.useEncoder('prompt', encoder);
    const answer = await ask(first);
    await first.feedback({ feedback_token: answer.feedback_token, metrics: { accuracy: 1 } });
    await first.addArm({ id: 'passing' });
    await first.close();

    const { floor, ...without } = declared;
    expect(floor).toBe(0.3);
    const second = await createRouter({ spec: { ...without, objective: { accuracy: 2 } }, profiles, store });
    const { spec, outcomes } = second.state();
    expect(spec.objective).toEqual({ accuracy: 2 });
    expect(spec.floor).toBeUndefined();
    expect(spec.arms.map(({ id }) => id)).toEqual(['small', 'large']);
    expect(spec.features[1]).toMatchObject({ encoder: encoder.hash });
    expect(outcomes.accuracy).toBe(1);
    expect(second.profiles()).toEqual(profiles);
    await second.close();
  });

  it('refuses what does not fit before it reaches the store', async () => {
    const router = await createRouter({ spec: specOf('strict'), store });
    expect(() => router.route({ ...news, constraint: {} } as never)).toThrow(
      expect.objectContaining({ code: 'invalid-request' }),
    );
    await expect(router.importProfiles([{ ...profiles[0], samples: 0 }])).rejects.toMatchObject({
      code: 'invalid-profile',
    });
    await router.close();
    expect(() => router.route(news)).toThrow(expect.objectContaining({ code: 'router-closed' }));
    await expect(router.addArm({ id: 'late' })).rejects.toMatchObject({ code: 'router-closed' });
  });
});

describe('several replicas of one program', () => {
  it('make one router together when they start at the same time, and learn from each other', async () => {
    const store = { databaseUrl: await makeDatabase() };
    const options = { spec: specOf('shared'), profiles, store };
    const replicas = await Promise.all([createRouter(options), createRouter(options), createRouter(options)]);
    const [one, other] = replicas;
    const answer = await ask(one);
    const reports = [1, 2].map(() => ({ feedback_token: answer.feedback_token, metrics: { accuracy: 1 } }));
    const results = await Promise.all([one.feedback(reports[0]), other.feedback(reports[1])]);
    expect(results.map(({ status }) => status).sort()).toEqual(['applied', 'duplicate']);
    await expect
      .poll(() => replicas.map((replica) => replica.state().outcomes.accuracy), { timeout: 5000 })
      .toEqual([1, 1, 1]);
    await Promise.all(replicas.map((replica) => replica.close()));
  });
});

describe('a folder that cannot be used', () => {
  it('is refused as a problem with a code, like whatever else a caller can mend', async () => {
    const { dataDir } = (await places['a folder']()) as { dataDir: string };
    const file = join(dataDir, 'file');
    await writeFile(file, 'text');
    await expect(createRouter({ spec: specOf('r'), store: { dataDir: file } })).rejects.toMatchObject({
      name: 'Problem',
      code: 'folder-unusable',
      message: expect.stringContaining('choose another with dataDir') as string,
    });
  });
});

describe('a folder that another process uses', () => {
  it('is refused, and given back when a router cannot be made', async () => {
    const store = await places['a folder']();
    const bad = { ...specOf('bad'), objective: { no_such: 1 } };
    await expect(createRouter({ spec: bad, store })).rejects.toMatchObject({ code: 'invalid-router' });
    const router = await createRouter({ spec: specOf('good'), store });
    await expect(createRouter({ spec: specOf('good'), store })).rejects.toMatchObject({
      code: 'store-locked',
      message: expect.stringContaining('another folder with dataDir, or set databaseUrl') as string,
    });
    await router.close();
  });
});
