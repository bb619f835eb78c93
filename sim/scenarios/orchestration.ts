/**
 * Sixteen models on each of nine tasks, as they were measured: selectors that read model cards, the static selector over
 * profiles, and the bandit cold, seeded, and seeded with wrong profiles. Half way the models that the static selector
 * takes get worse and dearer, which only who learns can see; so the first half of a run is the world as measured, and
 * the second the world drifted.
 */
import { join } from 'node:path';

import { detectionOf } from '../../src/routing/changes/detection.js';
import { play } from '../runner/play.js';
import { profileWorld, type WorldCell } from '../worlds/profile-world.js';
import type { World } from '../worlds/world.js';
import { TableError } from '../table/table-error.js';
import { cellsFile, readCells } from './orchestration/cells.js';
import { contestants, modelOfCards, qualitative, tasksOf } from './orchestration/contestants.js';
import { conclude } from './orchestration/conclude.js';
import { withDrift } from './orchestration/drift.js';
import { meansOfRun, type RunMeans } from './orchestration/run-means.js';
import type { Scenario } from './scenario.js';

const length = 10_800;

interface Job {
  readonly policy: string;
  readonly seed: number;
}

export const orchestration: Scenario<readonly WorldCell[], readonly WorldCell[], Job, RunMeans> = {
  name: 'orchestration',
  summary: '16 measured models on each of 9 tasks: model cards, static profiles, and the bandit',
  defaultSeeds: 10,
  async prepare(folder) {
    const cells = await readCells(folder);
    requireModelsOfCards(cells, folder);
    return cells;
  },
  open: (cells) => cells,
  jobs: (_, seeds) =>
    contestants.flatMap(({ name }) => Array.from({ length: seeds }, (__, i) => ({ policy: name, seed: i + 1 }))),
  play(cells, { policy, seed }) {
    const contestant = contestants.find(({ name }) => name === policy)!;
    const world = withDrift(profileWorld({ name: 'co2-inference', cells, length }), cells, length / 2);
    const spec = contestant.spec(cells);
    const router = { spec, profiles: contestant.profiles(cells), encoders: new Map() };
    const tasks: string[] = [];
    const played = play({
      ...{ world: noting(world, tasks), router, seed, stopwatch: () => performance.now() },
      // As the service does; who learns nothing has no use for it.
      watch: contestant.learns ? detectionOf(spec) : undefined,
    });
    return meansOfRun(played, tasks);
  },
  conclude: (cells, jobs, results) =>
    conclude(cells, length, (policy) => results.filter((_, i) => jobs[i]!.policy === policy)),
};

/** @throws TableError when a model that a selector takes by its card was not measured: then nothing would serve that task */
function requireModelsOfCards(cells: readonly WorldCell[], folder: string): void {
  for (const task of tasksOf(cells)) {
    for (const selector of qualitative) {
      const model = modelOfCards(selector, task);
      if (cells.some((cell) => cell.task === task && cell.arm === model)) continue;
      throw new TableError(join(folder, cellsFile), `expected a row of ${model} for ${task}; is the file whole?`);
    }
  }
}

/** The same world, noting the task of each request. */
function noting(world: World, tasks: string[]): World {
  return {
    ...world,
    *steps(chance) {
      for (const step of world.steps(chance)) {
        tasks.push(String(step.context.task));
        yield step;
      }
    },
  };
}
