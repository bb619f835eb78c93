/** The protocol of the published experiments, on twelve made-up rows: what is played when, and who is told what. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import type * as Fitting from '../../../../src/routing/features/fit-text-encoder.js';
import { chanceOf } from '../../../../sim/random.js';
import { readParetoData, textDimension, type ParetoData } from '../../../../sim/scenarios/paretobandit/data.js';
import { paretobandit1 } from '../../../../sim/scenarios/paretobandit/experiment-1.js';
import { paretobandit2, priceDrop } from '../../../../sim/scenarios/paretobandit/experiment-2.js';
import { paretobandit3 } from '../../../../sim/scenarios/paretobandit/experiment-3.js';
import { openData, phasedWorld, type ResultRow } from '../../../../sim/scenarios/paretobandit/experiment.js';
import type { Step, World } from '../../../../sim/worlds/world.js';

/** Four prompts are too few to fit an encoder on: what it is given is noted, and it learns from others. */
const { given } = vi.hoisted(() => ({ given: [] as string[][] }));
vi.mock('../../../../src/routing/features/fit-text-encoder.js', async (original) => {
  const { fitTextEncoder } = await original<typeof Fitting>();
  const words = (i: number) => [i % 29, i % 31, i % 37].map((word) => `word${word}`).join(' ');
  const others = Array.from({ length: 200 }, (_, i) => words(i));
  return {
    fitTextEncoder(prompts: Iterable<string>, options: Fitting.FitOptions) {
      given.push([...prompts]);
      return fitTextEncoder(others, options);
    },
  };
});

const gemini = 'google/gemini-2.5-pro';
const arms = ['meta-llama/llama-3.1-8b-instruct', 'mistralai/mistral-large-2512', gemini];
/** The price of gemini in phase 2 over its list price, as published. */
const factor = 0.1 / 5.625;
const phases = { p1_p3: [0, 3, 6], p2: [1, 2, 4, 7] };

/** Each row costs as much as no other, whichever model is chosen, so that the mean cost of a phase is known. */
const costOf = (row: number) => 1e-4 * (row + 1);
const rows = Array.from({ length: 12 }, (_, i) => ({
  id: `row ${i}`,
  split: i < 4 ? 'val' : 'test',
  task: 'qa',
  prompt: promptOf(i),
  score: [0.2, 0.5, 0.9],
  cost_usd: arms.map(() => costOf(i)),
}));
function promptOf(row: number): string {
  return `prompt ${row}`;
}

/** Rows of the table in each phase: positions are in `test`, which begins after four rows of `val`. */
const played: Readonly<Record<'val' | 'test' | 1 | 2 | 3, readonly number[]>> = {
  val: [0, 1, 2, 3],
  test: [4, 5, 6, 7, 8, 9, 10, 11],
  1: [4, 7, 10],
  2: [5, 6, 8, 11],
  3: [4, 7, 10],
};

const folder = mkdtempSync(join(tmpdir(), 'tradewind-paretobandit-'));
let data: ParetoData;

beforeAll(async () => {
  const lines = rows.map((row) => JSON.stringify(row)).join('\n');
  writeFileSync(join(folder, 'paretobandit-k3.jsonl.gz'), gzipSync(lines));
  writeFileSync(join(folder, 'paretobandit-k3.models.json'), JSON.stringify(arms.map((model) => ({ model }))));
  writeFileSync(join(folder, 'paretobandit-k3.phases.json'), JSON.stringify(phases));
  data = await readParetoData(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

const stepsOf = (world: World): Step[] => [...world.steps(chanceOf(1, 'world'))];

/** What one seed of an experiment concludes. */
function conclusionOf(scenario: typeof paretobandit1) {
  const jobs = scenario.jobs(data, 1);
  const opened = scenario.open(data);
  const results = jobs.map((job) => scenario.play(opened, job));
  return { jobs, results, rows: (scenario.conclude(data, jobs, results).json as { rows: ResultRow[] }).rows };
}

const meanCost = (phase: keyof typeof played): number =>
  played[phase].reduce((sum, row) => sum + costOf(row), 0) / played[phase].length;

describe('the text encoder', () => {
  it('is fitted on the prompts of val, and has seen none of test', () => {
    expect(given).toEqual([played.val.map(promptOf)]);
    expect(openData(data).encoder.dimension).toBe(textDimension);
  });
});

describe('the phases', () => {
  it.each([1, 2, 3])('are val, 1, 2 and 3, each row once, and the third is the first again (seed %i)', (seed) => {
    const steps = [...phasedWorld(openData(data), {}).steps(chanceOf(seed, 'world'))];
    expect([...new Set(steps.map(({ phase }) => phase))]).toEqual(['val', '1', '2', '3']);
    for (const phase of ['val', 1, 2, 3] as const) {
      const prompts = steps.filter((step) => step.phase === String(phase)).map(({ context }) => context.prompt);
      expect(prompts.sort()).toEqual(played[phase].map(promptOf).sort());
    }
  });

  it.each([
    [paretobandit1, { val: 4, test: 8 }],
    [paretobandit2, { val: 4, 1: 3, 2: 4, 3: 3 }],
    [paretobandit3, { val: 4, 1: 3, 2: 4, 3: 3 }],
  ])('are learned from in one run', (scenario, lengths) => {
    const [job] = scenario.jobs(data, 1);
    const { phases: parts } = scenario.play(scenario.open(data), job!);
    expect(Object.fromEntries(parts.map(({ phase, requests }) => [phase, requests]))).toEqual(lengths);
  });
});

describe('the use of a budget', () => {
  it('is the mean cost of the phase over the ceiling', () => {
    for (const row of conclusionOf(paretobandit1).rows) expect(row.use).toBeCloseTo(meanCost('test') / row.budget, 9);
    for (const row of conclusionOf(paretobandit3).rows)
      expect(row.use).toBeCloseTo(meanCost(row.phase as 1 | 2 | 3) / row.budget, 9);
  });
});

describe('the price of gemini', () => {
  const place = arms.indexOf(gemini);
  const costsIn = (steps: readonly Step[], phase: string) =>
    steps.filter((step) => step.phase === phase).map(({ outcomes }) => outcomes.cost_usd!);

  it.each(['told', 'untold'] as const)('is another in phase 2 alone, when it is %s', (how) => {
    const opened = openData(data);
    const [before, steps] = [phasedWorld(opened, {}), priceDrop[how](phasedWorld(opened, {}))].map(stepsOf) as [
      Step[],
      Step[],
    ];
    for (const phase of ['val', '1', '3']) expect(costsIn(steps, phase)).toEqual(costsIn(before, phase));
    const listed = costsIn(before, '2');
    costsIn(steps, '2').forEach((costs, i) =>
      costs.forEach((cost, k) => expect(cost).toBeCloseTo(listed[i]![k]! * (k === place ? factor : 1), 12)),
    );
  });

  it('is told with the first request of phase 2 and of phase 3, and is what the experiment plays first', () => {
    const told = stepsOf(priceDrop.told(phasedWorld(openData(data), {}))).map(({ told: facts = [] }) => facts);
    const [first, second] = [
      played.val.length + played[1].length,
      played.val.length + played[1].length + played[2].length,
    ];
    expect(told.flatMap((facts, i) => (facts.length > 0 ? [i] : []))).toEqual([first, second]);
    expect(told[first]).toEqual([{ arm: gemini, metric: 'cost_usd', factor }]);
    expect(told[second]).toEqual([{ arm: gemini, metric: 'cost_usd', factor: 1 / factor }]);
    expect(paretobandit2.jobs(data, 1)[0]!.world).toBe('told');
  });

  it('is never told where the experiment says so', () => {
    const told = stepsOf(priceDrop.untold(phasedWorld(openData(data), {}))).flatMap(({ told: facts = [] }) => facts);
    expect(told).toEqual([]);
  });
});
