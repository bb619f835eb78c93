/**
 * Off-policy estimates against what is true: on a log over a table whose every outcome is known, and on two logs of one
 * shop, of which one was made by the very policy that is estimated from the other.
 */
import { existsSync } from 'node:fs';

import { beforeAll, describe, expect, it } from 'vitest';

import { readFacts } from '../../sim/off-policy/columns.js';
import { evaluate, type EstimateRow } from '../../sim/off-policy/evaluate.js';
import { biasOf, estimatorNames, type EstimatorName } from '../../sim/off-policy/estimators/registry.js';
import { featuresOfLog } from '../../sim/off-policy/log/features-of-log.js';
import { openLog, type FileLog } from '../../sim/off-policy/log/open-log.js';
import { readingOf } from '../../sim/off-policy/reading.js';
import type { DecisionLog, Round } from '../../sim/off-policy/round.js';
import { taskTableTarget, type TaskTable } from '../../sim/off-policy/targets/task-table.js';
import { uniformTarget } from '../../sim/off-policy/targets/uniform.js';
import { chanceOf, type Chance } from '../../sim/random.js';
import { openTable } from '../../sim/table/open-table.js';
import { tell } from '../support/tell.js';

const data = new URL('../../../shared/data/', import.meta.url);
const path = (name: string) => decodeURIComponent(new URL(name, data).pathname);

/** Reads a log once, for many evaluations. */
async function inMemory(log: FileLog): Promise<DecisionLog> {
  const rounds: Round[] = [];
  for await (const round of log.rounds()) rounds.push(round);
  return { name: log.name, arms: log.arms, rounds: () => rounds };
}

const readingOfLog = ({ survey }: FileLog) =>
  readingOf({ features: featuresOfLog(survey), objective: { reward: 1 }, metrics: [] });

describe.skipIf(!existsSync(data))('off-policy estimates (skipped without ../shared/data)', () => {
  describe('on 12,002 logged choices among 13 models', () => {
    const targets = 100;
    const found: { truth: number; rows: readonly EstimateRow[] }[] = [];

    beforeAll(async () => {
      const file = await openLog(path('mmlu-pro-logged.csv.gz'));
      const [log, reading] = [await inMemory(file), readingOfLog(file)];
      const facts = await readFacts(log, reading, true);
      const truth = await meanScores(file.arms, path('mmlu-pro-13.jsonl.gz'));
      for (let i = 0; i < targets; i++) {
        const table = randomTable(file.arms, [...truth.keys()], chanceOf(i, 'target'));
        const { estimates } = await evaluate(log, reading, taskTableTarget(file.arms, table), {
          ...{ estimators: estimatorNames, facts },
          // Or one draw of replay would be lucky, or not, for all targets together.
          seed: i,
        });
        found.push({ truth: valueOf(table, file.arms, truth), rows: estimates });
      }
    });

    const error = (name: EstimatorName) => meanSquaredError(found, estimatorNames.indexOf(name));
    const covered = (name: EstimatorName) => {
      const at = estimatorNames.indexOf(name);
      const holding = found.filter(({ truth, rows }) => rows[at]!.low! <= truth && truth <= rows[at]!.high!);
      const squares = error(name).toExponential(1);
      tell(`${name}: ${holding.length} of ${targets} intervals hold the truth, mean squared error ${squares}`);
      return holding.length;
    };

    it.each(estimatorNames.filter((name) => biasOf(name) === undefined))(
      'covers the true value of at least 90 of 100 random policies with %s',
      (name) => {
        expect(covered(name)).toBeGreaterThanOrEqual(90);
      },
    );

    it.each(estimatorNames.filter((name) => biasOf(name) !== undefined))(
      'answers with %s that it is biased, so that its interval claims less',
      (name) => {
        covered(name);
        for (const { rows } of found) expect(rows[estimatorNames.indexOf(name)]!.biased).toBe(biasOf(name));
      },
    );

    it('covers as often when weights are shrunk by the rule here, and errs no more', () => {
      expect(covered('dros')).toBeGreaterThanOrEqual(90);
      expect(error('dros')).toBeLessThan(error('dr'));
    });

    it('errs less in the mean square with a model than without', () => {
      expect(error('dr')).toBeLessThan(error('ips'));
    });
  });

  it('estimates the random policy of a shop from the log of another', async () => {
    const file = await openLog(path('open-bandit-men-bts.csv.gz'));
    const measured = await meanReward(await openLog(path('open-bandit-men-random.csv.gz')));
    const { estimates } = await evaluate(await inMemory(file), readingOfLog(file), uniformTarget(file.arms));
    for (const name of ['ips', 'snips', 'dr']) {
      const { low, high } = estimates.find(({ estimator }) => estimator === name)!;
      expect(low!, name).toBeLessThan(measured);
      expect(high!, name).toBeGreaterThan(measured);
    }
  });
});

type Scores = ReadonlyMap<string, { readonly rows: number; readonly mean: readonly number[] }>;

/** Mean score of every arm on each task, and how many rows the task has. */
async function meanScores(arms: readonly string[], file: string): Promise<Scores> {
  const table = await openTable(file);
  const places = arms.map((arm) => table.models.findIndex(({ name }) => name === arm));
  const sums = new Map<string, { rows: number; total: number[] }>();
  for await (const { task = '', outcomes } of table.rows()) {
    const sum = sums.get(task) ?? { rows: 0, total: arms.map(() => 0) };
    sum.rows++;
    places.forEach((place, k) => (sum.total[k]! += outcomes.accuracy[place]!));
    sums.set(task, sum);
  }
  return new Map([...sums].map(([task, { rows, total }]) => [task, { rows, mean: total.map((sum) => sum / rows) }]));
}

/** Every other one takes one arm a task; the others spread their choices, some evenly and some hardly. */
function randomTable(arms: readonly string[], tasks: readonly string[], chance: Chance): TaskTable {
  const sharpness = 4 * chance.number();
  const pure = chance.number() < 0.5;
  const row = () => {
    if (pure) return arms[chance.below(arms.length)]!;
    const weights = arms.map(() => Math.exp(sharpness * chance.normal()));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return Object.fromEntries(arms.map((arm, k) => [arm, weights[k]! / total]));
  };
  return Object.fromEntries(tasks.map((task) => [task, row()]));
}

function valueOf(table: TaskTable, arms: readonly string[], truth: Scores): number {
  let [sum, rows] = [0, 0];
  for (const [task, { rows: count, mean }] of truth) {
    const row = table[task]!;
    const chances = arms.map((arm) => (typeof row === 'string' ? (row === arm ? 1 : 0) : row[arm]!));
    sum += count * chances.reduce((value, chance, k) => value + chance * mean[k]!, 0);
    rows += count;
  }
  return sum / rows;
}

const meanSquaredError = (found: readonly { truth: number; rows: readonly EstimateRow[] }[], at: number) =>
  found.reduce((sum, { truth, rows }) => sum + (rows[at]!.value! - truth) ** 2, 0) / found.length;

async function meanReward(log: FileLog): Promise<number> {
  let [sum, count] = [0, 0];
  for await (const { outcomes } of log.rounds()) {
    sum += outcomes['reward']!;
    count++;
  }
  return sum / count;
}
