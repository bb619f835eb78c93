import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { runJobs } from '../../../../sim/runner/run-jobs.js';
import { scenarioOf } from '../../../../sim/scenarios/file/comparison.js';
import { ScenarioFile } from '../../../../sim/scenarios/file/format.js';
import type { AdaptationRow, Difference, FixedRow, ResultRow } from '../../../../sim/scenarios/file/results.js';
import type { JsonSchema } from '../../../../src/http/validation/json-schema.js';
import { mismatches } from '../../../../src/http/validation/mismatch.js';
import { wordsOf } from '../../../support/pictures.js';

const folder = mkdtempSync(join(tmpdir(), 'tradewind-scenario-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Json {
  readonly rows: ResultRow[];
  readonly fixed: FixedRow[];
  readonly differences: Difference[];
  readonly adaptations: AdaptationRow[];
  readonly changes: { readonly request: number; readonly label: string }[];
  readonly calibration: Record<string, { count: number; predicted: number; observed: number }[]>;
}

const schema = ScenarioFile as unknown as JsonSchema;

async function conclude(file: unknown) {
  expect(mismatches(schema, file)).toEqual([]);
  const scenario = scenarioOf(file as ScenarioFile);
  const prepared = await scenario.prepare(folder);
  const jobs = scenario.jobs(prepared, scenario.defaultSeeds);
  const results = await runJobs(scenario as never, prepared, jobs, { threads: 0 });
  const { json, ...rest } = scenario.conclude(prepared, jobs, results as never);
  return { json: json as Json, ...rest };
}

const failure = (file: unknown): Promise<string> =>
  scenarioOf(file as ScenarioFile)
    .prepare(folder)
    .then(
      () => 'nothing',
      (error: Error) => error.message,
    );

const cell = (arm: string, task: string, accuracy: number, energy_j: number) => ({ arm, task, accuracy, energy_j });
const profiles = {
  type: 'profiles',
  length: 600,
  cells: [
    cell('small', 'qa', 0.9, 10),
    cell('small', 'code', 0.2, 10),
    cell('large', 'qa', 0.9, 100),
    cell('large', 'code', 0.9, 100),
  ],
};
const drop = { type: 'quality', arm: 'large', times: 0.3, from: 300, to: 500 };
const scenario = (more: object = {}) => ({
  world: profiles,
  router: { objective: { accuracy: 1, energy_j: -0.001 } },
  policies: [
    { name: 'seeded', profiles: true },
    { name: 'large', policy: { name: 'fixed', arm: 'large' }, floor: 0 },
  ],
  disturbances: [drop],
  seeds: 3,
  ...more,
});

describe('a scenario in a file', () => {
  it('compares its policies on the same requests, seed by seed, with the arms alone beside them', async () => {
    const { json, page, lines } = await conclude(scenario());
    const [seeded, large] = json.rows;
    expect(json.rows.map(({ policy, phase }) => [policy, phase])).toEqual([
      ['seeded', 'all'],
      ['large', 'all'],
    ]);
    expect(seeded!.reward.mean).toBeGreaterThan(large!.reward.mean + 0.05);
    const alone = json.fixed.find(({ arm }) => arm === 'large')!;
    expect(large!.reward.mean).toBeCloseTo(alone.reward, 10);
    expect(large!.shares).toEqual({ small: 0, large: 1 });
    const [difference] = json.differences;
    expect(difference).toMatchObject({ policy: 'large', than: 'seeded' });
    expect(difference!.differences.reward!.mean).toBeCloseTo(large!.reward.mean - seeded!.reward.mean, 10);
    expect(difference!.differences.reward!.high).toBeLessThan(0);
    expect(page.figures.map(({ name }) => name)).toEqual(['regret', 'accuracy-energy', 'shares-1', 'calibration']);
    expect(lines.join('\n')).toMatch(/large against seeded: reward −0\.\d+/);
  });

  it('compares each pair of policies in its result, and shows those with the first', async () => {
    const names = ['a', 'b', 'c'];
    const { json, lines } = await conclude(scenario({ policies: names.map((name) => ({ name })), seeds: 2 }));
    expect(json.differences.map(({ policy, than }) => `${policy} − ${than}`)).toEqual(['b − a', 'c − a', 'c − b']);
    expect(lines.filter((line) => line.includes(' against '))).toEqual([
      expect.stringMatching(/^b against a/),
      expect.stringMatching(/^c against a/),
    ]);
  });

  it('tells when its world changed, and how long each policy took to adapt', async () => {
    const { json, page, lines } = await conclude(
      scenario({ policies: [{ name: 'seeded', profiles: true }], seeds: 20 }),
    );
    expect(json.changes.map(({ request }) => request)).toEqual([300, 500]);
    const [first, second] = json.adaptations.filter(({ policy }) => policy === 'seeded');
    expect(first).toMatchObject({ at: 300, best_fixed: { arm: 'small' } });
    expect(second).toMatchObject({ at: 500 });
    expect(first!.lost!.low).toBeGreaterThan(0);
    expect(first!.requests!.low).toBeGreaterThan(0);
    expect(first!.requests!.high).toBeLessThan(100);
    expect(lines.join('\n')).toMatch(/^seeded adapted to ".+" \(request 300\) in \d+ requests \(\d+ to \d+; /m);
    const shares = page.figures.find(({ name }) => name === 'shares-1')!;
    expect(shares.svg).toContain('accuracy of large × 0.3 ends');
  });

  it('keeps the columns of its table apart, however long a number is', async () => {
    const cells = profiles.cells.map((one) => ({ ...one, energy_j: 12.3456 * one.energy_j, cost_usd: 1.2345e-5 }));
    const { lines } = await conclude(scenario({ world: { ...profiles, cells, scatter: 0.01 } }));
    const [head, ...rows] = lines.slice(0, 3).map((line) => line.split(/ {2,}/));
    expect(head).toEqual(['policy', 'reward', 'accuracy', 'energy_j', 'cost_usd', 'regret', 'use (worst)']);
    for (const row of rows) expect(row).toHaveLength(head!.length);
  });

  it('gives a policy that learns nothing no adaptation time, however steady it is', async () => {
    const { json, lines, page } = await conclude(scenario());
    const large = json.adaptations.filter(({ policy }) => policy === 'large');
    expect(large).toMatchObject([
      { requests: null, lost: null },
      { requests: null, lost: null },
    ]);
    expect(large[0]!.settled_regret.mean).toBeGreaterThan(large[0]!.best_fixed.regret);
    expect(lines.join('\n')).toMatch(
      /^large learns nothing and so cannot adapt to ".+" \(request 300\): a regret of 0\.\d/m,
    );
    expect(lines.join('\n')).toMatch(
      /^seeded (adapted to|is not known to have done worse right after) ".+" \(request 300\)/m,
    );
    const table = page.tables.find(({ caption }) => caption.startsWith('Adaptation'))!;
    expect(table.rows.find(([policy]) => policy === 'large')!.slice(2, 4)).toEqual(['–', '–']);
  });

  it('plays phases of a table, starts from the means of a split, and tells how its budget was used', async () => {
    const rows = Array.from(
      { length: 80 },
      (_, i) => `${i < 40 ? 'old' : 'new'},${i % 2 ? 'qa' : 'code'},${i % 2},1,0.001,0.01`,
    );
    writeFileSync(join(folder, 't.csv'), `split,task,score:a,score:b,cost_usd:a,cost_usd:b\n${rows.join('\n')}\n`);
    const { json, page } = await conclude({
      world: {
        type: 'table',
        file: 't.csv',
        phases: [
          { name: 'warm', split: 'old' },
          { name: 'test', split: 'new', length: 100 },
        ],
      },
      policies: [
        { name: 'p', profiles: 'old' },
        { name: 'free', budget: null },
      ],
      budget: { metric: 'cost_usd', per_request: 0.006 },
      disturbances: [{ type: 'price', arm: 'b', factor: 2, phase: 'test' }],
      seeds: 2,
    });
    expect(json.rows.map(({ phase, requests }) => [phase, requests]).slice(0, 3)).toEqual([
      ['warm', 40],
      ['test', 100],
      ['all', 140],
    ]);
    const [, test] = json.rows;
    expect(test!.budget!.use.mean).toBeCloseTo(test!.metrics['cost_usd']!.mean / 0.006, 10);
    expect(json.rows.find(({ policy }) => policy === 'free')!.budget).toBeUndefined();
    expect(json.changes).toEqual([{ request: 40, label: 'cost_usd of b × 2, not told' }]);
    expect(page.figures.map(({ name }) => name)).toContain('budget-use');
  });

  it('shows an arm that is added on the front, by what it earned while it was there', async () => {
    const added = { type: 'absent', arm: 'large', to: 450 };
    const policies = [{ name: 'cold' }];
    const { json, page } = await conclude(scenario({ policies, disturbances: [added] }));
    expect(json.fixed.find(({ arm }) => arm === 'large')!.share).toBe(0.25);
    const { svg, caption } = page.figures.find(({ name }) => name === 'accuracy-energy')!;
    expect(wordsOf(svg)).toEqual(expect.arrayContaining(['small', 'large (25 % of requests)']));
    expect(caption).toMatch(/Dotted rings are arms that could serve a part of the requests only/);
  });

  it('plays a linear world by its vector', async () => {
    const { json } = await conclude({
      world: { type: 'linear', length: 300, arms: 3, dimension: 4 },
      policies: [{ name: 'bandit' }, { name: 'chance', policy: { name: 'uniform' } }],
      seeds: 3,
    });
    const [bandit, chance] = json.rows;
    expect(bandit!.regret.mean).toBeLessThan(chance!.regret.mean);
    const counted = json.calibration['bandit']!.reduce((sum, { count }) => sum + count, 0);
    expect(counted).toBe(900);
  });
});

describe('a scenario that is wrong', () => {
  it.each<[string, object]>([
    [
      '/disturbances/0/phase: expected a phase of the world (all), got "x"',
      { disturbances: [{ ...drop, from: undefined, to: undefined, phase: 'x' }] },
    ],
    ['/disturbances/0/phase: expected either a phase or from and to', { disturbances: [{ ...drop, phase: 'all' }] }],
    ['/disturbances/0/to: expected a request after 300, got 20', { disturbances: [{ ...drop, to: 20 }] }],
    ['/disturbances/0/from: expected a request before the end, 600', { disturbances: [{ ...drop, from: 600 }] }],
    ['/disturbances/0: scenario has no arm "huge"; it has small, large', { disturbances: [{ ...drop, arm: 'huge' }] }],
    ['/disturbances/0: expected either "times"', { disturbances: [{ ...drop, becomes: 0.2 }] }],
    [
      '/disturbances/0/share/huge: expected an arm of the world',
      { disturbances: [{ type: 'lost', share: { huge: 0.5 } }] },
    ],
    ['/world: an arm has two cells for qa', { world: { ...profiles, cells: [...profiles.cells, profiles.cells[0]] } }],
    ['/policies/1/name: "a" is there twice', { policies: [{ name: 'a' }, { name: 'a' }] }],
    [
      '/policies/0/policy/arm: expected one of the arms',
      { policies: [{ name: 'a', policy: { name: 'fixed', arm: 'x' } }] },
    ],
    ['/policies/0/profiles: expected true or false', { policies: [{ name: 'a', profiles: 'val' }] }],
    [
      '/policies/0/budget/metric: expected a metric that the world has',
      { policies: [{ name: 'a', budget: { metric: 'cost_usd', per_request: 1 } }] },
    ],
    [
      '/budget/metric: expected a metric that the world has (accuracy, energy_j)',
      { budget: { metric: 'cost_usd', per_request: 1 } },
    ],
    [
      '/router/objective/latency_ms: expected a metric that the world has',
      { router: { objective: { latency_ms: -1 } } },
    ],
    ['/router/arms/0/id: expected an arm of the world', { router: { arms: [{ id: 'x' }] } }],
    [
      '/router/features: "encoder": "fitted" needs the prompts of a table',
      { router: { features: [{ name: 'p', type: 'text', dimension: 8, encoder: 'fitted' }] } },
    ],
    [
      '/policies/0/profiles: expected profiles that tell accuracy and energy_j, which policy "profile" chooses by',
      { policies: [{ name: 'a', policy: { name: 'profile' } }] },
    ],
    ['there is no such file', { world: { type: 'table', file: 'none.csv' } }],
    [
      '/router/features/1/from: expected what requests bring (task), got "topic"',
      {
        router: {
          features: [
            { name: 'task', type: 'category', values: ['qa'] },
            { name: 'subject', from: 'topic', type: 'number', minimum: 0, maximum: 1 },
          ],
        },
      },
    ],
    [
      '/disturbances/0: energy_j has no opposite: say what liars multiply it by',
      { disturbances: [{ type: 'poisoned', share: 0.5, metric: 'energy_j' }] },
    ],
    [
      '/disturbances/0: scenario has no metric "cost_usd"; it has accuracy, energy_j',
      { disturbances: [{ type: 'poisoned', share: 0.5, metric: 'cost_usd', times: 2 }] },
    ],
  ])('says %s', async (message, more) => {
    expect(await failure(scenario(more))).toContain(message);
  });

  it('names the split that the table does not have', async () => {
    writeFileSync(join(folder, 's.csv'), 'split,score:a\nold,1\n');
    const world = { type: 'table', file: 's.csv', phases: [{ name: 'x', split: 'new' }] };
    expect(await failure(scenario({ world }))).toBe(
      '/world/phases/0/split: expected a split of s.csv (old), got "new"',
    );
  });

  it('names the member that does not fit the format', () => {
    const told = (more: object) => mismatches(schema, scenario(more)).map(({ pointer }) => pointer);
    expect(told({ world: { ...profiles, length: 0 } })).toEqual(['/world/length']);
    expect(told({ disturbances: [{ type: 'quake' }] })).toEqual(['/disturbances/0/type']);
    expect(told({ seed: 3 })).toEqual(['/seed']);
    const phases = [{ name: 'x', length: 1e12 }];
    expect(told({ world: { type: 'table', file: 's.csv', phases } })).toEqual(['/world/phases/0/length']);
  });

  it('names the policy, the seed and the request of what only a run can meet', async () => {
    const away = (arm: string) => ({ type: 'absent', arm, from: 20, to: 30 });
    const nobody = conclude(scenario({ disturbances: [away('small'), away('large')] }));
    await expect(nobody).rejects.toThrow(
      '/policies/0: "seeded", seed 1, at request 20: expected at least one arm that may serve; none is left. 2 arms: paused',
    );
    const dear = { type: 'price', arm: 'large', metric: 'accuracy', factor: 50 };
    await expect(conclude(scenario({ disturbances: [dear] }))).rejects.toThrow(/seed 1, at request \d+: .*got 50/);
  });
});
