import { describe, expect, it } from 'vitest';

import { play } from '../../../../sim/runner/play.js';
import { conclude } from '../../../../sim/scenarios/orchestration/conclude.js';
import { contestants, modelOfCards } from '../../../../sim/scenarios/orchestration/contestants.js';
import { chosenByProfiles, drifted, withDrift } from '../../../../sim/scenarios/orchestration/drift.js';
import { marginsOf, summaryOf } from '../../../../sim/scenarios/orchestration/margins.js';
import { meansOfRun, type RunMeans, type TaskMeans } from '../../../../sim/scenarios/orchestration/run-means.js';
import type { RunSummary } from '../../../../sim/runner/summary.js';
import { chanceOf } from '../../../../sim/random.js';
import { profileWorld } from '../../../../sim/worlds/profile-world.js';
import { wordsOf } from '../../../support/pictures.js';

const cell = (arm: string, task: string, accuracy: number, energy: number) => ({
  arm,
  task,
  means: { accuracy, energy_j: energy },
});
const cells = [
  cell('google/flan-t5-xxl', 'qa/a', 0.8, 400),
  cell('distilbert-base-cased-distilled-squad', 'qa/a', 0.7, 10),
  cell('specialist', 'qa/a', 0.9, 20),
  cell('google/flan-t5-xxl', 'summarization/b', 0.5, 400),
  cell('sshleifer/distilbart-cnn-12-6', 'summarization/b', 0.6, 100),
];

const means = (accuracy: number, energy: number): TaskMeans => ({ accuracy, energy, utility: 0 });
const run = (a: TaskMeans, b: TaskMeans): RunMeans => {
  const tasks = {
    all: means((a.accuracy + b.accuracy) / 2, (a.energy + b.energy) / 2),
    'qa/a': a,
    'summarization/b': b,
  };
  return { halves: { measured: tasks, drifted: tasks }, decisionUs: 1, summary: {} as RunSummary };
};

describe('margins over a selector by model cards', () => {
  const own = [run(means(0.88, 100), means(0.55, 100)), run(means(0.84, 80), means(0.5, 100))];
  const cards = [run(means(0.8, 400), means(0.5, 400)), run(means(0.8, 400), means(0.5, 400))];
  const margins = marginsOf(own, cards, 'measured', cells, 'qualitative-largest');

  it("are shares of the selector's figures, seed by seed", () => {
    const [all, qa, summarization] = margins;
    expect(qa!.accuracy.mean).toBeCloseTo((10 + 5) / 2, 12);
    // Two seeds, 10 and 5 %: Student with one degree of freedom, 12.706.
    expect(qa!.accuracy.high - qa!.accuracy.mean).toBeCloseTo(12.706 * 2.5, 9);
    expect(qa!.energy.mean).toBeCloseTo((75 + 80) / 2, 12);
    expect(summarization!.accuracy.mean).toBeCloseTo(5, 12);
    expect(all!.energy.mean).toBeCloseTo((75 + 77.5) / 2, 12);
  });

  it('are told beside what the best model of each task would have', () => {
    expect(margins.map(({ possible }) => Number(possible.toFixed(6)))).toEqual([
      Number((100 * (1.5 / 1.3 - 1)).toFixed(6)),
      12.5,
      20,
    ]);
    const { reached, reachable, tasks, least, most } = summaryOf(margins);
    expect([reached, reachable, tasks, least.task, most.task]).toEqual([2, 2, 2, 'summarization/b', 'qa/a']);
  });

  it('are over the default of the library where that is what is popular', () => {
    expect(modelOfCards('qualitative-popular', 'summarization/b')).toBe('sshleifer/distilbart-cnn-12-6');
    const [, , summarization] = marginsOf(own, cards, 'measured', cells, 'qualitative-popular');
    expect(summarization!.possible).toBe(0);
  });
});

describe('the drift', () => {
  it('meets the most accurate model of each task, from half way on, and nobody is told', () => {
    expect([...chosenByProfiles(cells)]).toEqual(['specialist', 'sshleifer/distilbart-cnn-12-6']);
    const world = withDrift(profileWorld({ name: 'made', cells, length: 400, scatter: 0 }), cells, 200);
    const energies = [...world.steps(chanceOf(1, 'world'))].flatMap((step, i) => {
      expect(step.told ?? []).toEqual([]);
      const energy = step.outcomes.energy_j![world.arms.indexOf('specialist')]!;
      return Number.isNaN(energy) ? [] : [{ late: i >= 200, energy }];
    });
    for (const { late, energy } of energies) expect(energy).toBeCloseTo(late ? 40 : 20, 9);
    expect(energies.some(({ late }) => late)).toBe(true);
  });

  it('is what the cells say afterwards', () => {
    const after = drifted(cells);
    expect(after[2]!.means).toEqual({ accuracy: 0.7 * 0.9, energy_j: 40 });
    expect(after[0]).toBe(cells[0]);
  });
});

describe('the report', () => {
  const all = [
    ...cells,
    cell('google/flan-t5-xxl', 'sentiment/c', 0.9, 300),
    cell('distilbert-base-uncased-finetuned-sst-2-english', 'sentiment/c', 0.85, 5),
  ];
  const length = 600;
  const runs = new Map(
    contestants.map(({ name, spec, profiles }) => {
      const tasks: string[] = [];
      const world = profileWorld({ name: 'made', cells: all, length });
      const router = { spec: spec(all), profiles: profiles(all), encoders: new Map() };
      const runOf = (seed: number) => {
        tasks.length = 0;
        for (const { context } of world.steps(chanceOf(seed, 'world'))) tasks.push(String(context.task));
        const played = play({ world: withDrift(world, all, length / 2), router, seed, stopwatch: () => 0 });
        return meansOfRun(played, tasks);
      };
      return [name, [runOf(1), runOf(2)]];
    }),
  );
  const { figures } = conclude(all, length, (policy) => runs.get(policy)!).page;
  const figure = (wanted: string) => figures.find(({ name }) => name === wanted)!;

  it('tells which models have no place on the front of all tasks, and shows each on those of its tasks', () => {
    expect(figure('front').caption).toMatch(
      /One model was measured on all of them; the other 4 were measured on some of them only/,
    );
    const names = wordsOf(figure('front-qa-a').svg);
    const models = all.filter(({ task }) => task === 'qa/a').map(({ arm }) => arm);
    expect(names).toEqual(expect.arrayContaining([...models, ...contestants.map(({ label }) => label)]));
    expect(names).not.toContain('sshleifer/distilbart-cnn-12-6');
  });

  it('draws regret and shares over time with the drift marked, and calibration', () => {
    expect(wordsOf(figure('regret').svg)).toEqual(
      expect.arrayContaining(['profiles drift', ...contestants.map(({ label }) => label)]),
    );
    for (const policy of ['profile', 'bandit-cold', 'bandit-seeded', 'bandit-wrong']) {
      const words = wordsOf(figure(`shares-${policy}`).svg);
      expect(words).toEqual(expect.arrayContaining(['profiles drift', 'specialist', 'google/flan-t5-xxl']));
    }
    expect(wordsOf(figure('calibration').svg)).toEqual(
      expect.arrayContaining(['as expected', 'static profiles', 'bandit, seeded']),
    );
  });

  it('tells every figure by a name of its own', () => {
    expect(new Set(figures.map(({ name }) => name)).size).toBe(figures.length);
    for (const { svg } of figures) expect(svg).not.toMatch(/NaN|undefined/);
  });
});
