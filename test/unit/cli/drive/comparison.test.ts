import { describe, expect, it } from 'vitest';

import { UsageError } from '../../../../src/cli/failures.js';
import { hindsight } from '../../../../src/cli/drive/hindsight.js';
import { objectiveOfTable } from '../../../../src/cli/drive/objective-of-table.js';
import { resultOf } from '../../../../src/cli/drive/result.js';
import { Scoreboard } from '../../../../src/cli/drive/scoreboard.js';
import { summary } from '../../../../src/cli/drive/summary.js';
import { mostTasks, survey } from '../../../../src/cli/drive/survey.js';
import { utilities, weightsOf } from '../../../../src/cli/drive/utility.js';
import { modelsNamed, stream, tableRow } from './table-rows.js';

const models = modelsNamed('small', 'large');
/** Small is good at a, large at b; each dollar costs ten points. */
const rows = [
  tableRow({ task: 'a', accuracy: [0.9, 1], cost_usd: [0, 0.02] }),
  tableRow({ task: 'a', accuracy: [0.2, 0], cost_usd: [0, 0.02] }),
  tableRow({ task: 'b', accuracy: [0.1, 1], cost_usd: [0, 0.02] }),
  tableRow({ task: 'b', accuracy: [0.5, 0.6], cost_usd: [0, 0.02] }),
];
const weights = weightsOf({ accuracy: 1, cost_usd: -10 });
// By hand, utilities: small .9 .2 .1 .5 (sum 1.7), large .8 -.2 .8 .4 (sum 1.8).
const [small, large] = [0, 1];

async function played(choices: readonly number[], every = 1) {
  const best = hindsight(await survey({ models }, stream(rows)), weights, 2);
  const scoreboard = new Scoreboard(weights, best, 2, every);
  choices.forEach((model, i) => scoreboard.add(rows[i]!, model));
  return { best, scoreboard };
}

describe('the utility of an outcome', () => {
  it('is the weighted sum of its metrics, for every model', () => {
    expect([...utilities(weights, rows[1]!.outcomes)]).toEqual([0.2, expect.closeTo(-0.2)]);
  });

  it('is not a number where a weighed metric is not known, and ignores what has no weight', () => {
    const { outcomes } = tableRow({ accuracy: [1, 1], energy_j: [5, NaN] });
    expect([...utilities(weightsOf({ accuracy: 1, energy_j: -0.1 }), outcomes)]).toEqual([0.5, NaN]);
    expect([...utilities(weightsOf({ accuracy: 1, energy_j: 0 }), outcomes)]).toEqual([1, 1]);
    expect([...utilities(weights, outcomes)]).toEqual([NaN, NaN]);
  });

  it('refuses an objective over metrics that tables lack', () => {
    expect(() => weightsOf({ accuracy: 1, politeness: 1 })).toThrow('the objective weighs "politeness"');
  });
});

describe('hindsight', () => {
  it('knows the best model over all and for each task', async () => {
    const { best } = await played([]);
    expect(best.fixed).toBe(large);
    expect([...best.perTask]).toEqual([
      ['a', small],
      ['b', large],
    ]);
  });

  it('refuses tasks that are names of rows', async () => {
    const many = Array.from({ length: mostTasks + 1 }, (_, i) => tableRow({ task: `t${i}`, accuracy: [1, 1] }));
    await expect(survey({ models }, stream(many))).rejects.toThrow('at most 1000 different tasks');
  });
});

describe('the scoreboard', () => {
  it('compares with each fixed model, uniform, the best per task and the best per prompt', async () => {
    const { scoreboard } = await played([large, small, small, large]);
    expect(scoreboard.mean).toBeCloseTo((0.8 + 0.2 + 0.1 + 0.4) / 4, 12);
    expect(scoreboard.fixedMean(small)).toBeCloseTo(1.7 / 4, 12);
    expect(scoreboard.fixedMean(large)).toBeCloseTo(1.8 / 4, 12);
    expect(scoreboard.uniformMean).toBeCloseTo(3.5 / 8, 12);
    expect(scoreboard.perTaskMean).toBeCloseTo((0.9 + 0.2 + 0.8 + 0.4) / 4, 12);
    expect(scoreboard.perPromptMean).toBeCloseTo((0.9 + 0.2 + 0.8 + 0.5) / 4, 12);
    expect([...scoreboard.chosen]).toEqual([2, 2]);
  });

  it('sums regret request by request; ahead of the best fixed model it is negative', async () => {
    const { scoreboard } = await played([small, small, large, small]);
    const curve = scoreboard.regretCurve().map((point) => point.map((value) => +value.toFixed(9)));
    expect(curve).toEqual([
      [1, 0, -0.1],
      [2, 0, -0.5],
      [3, 0, -0.5],
      [4, -0.1, -0.6],
    ]);
  });

  it('thins the curve out, but keeps its end', async () => {
    const { scoreboard } = await played([small, small, large, small], 3);
    expect(scoreboard.regretCurve().map(([request]) => request)).toEqual([3, 4]);
  });

  it('shows the mean over the last 500 requests', async () => {
    const { best } = await played([]);
    const scoreboard = new Scoreboard(weightsOf({ accuracy: 1 }), best, 2);
    for (let i = 0; i < 700; i++) scoreboard.add(tableRow({ accuracy: [i < 400 ? 0 : 1, 0] }), small);
    expect(scoreboard.recentMean).toBeCloseTo(300 / 500, 12);
    expect(scoreboard.mean).toBeCloseTo(300 / 700, 12);
  });

  it('measures a policy that learns: regret grows while it explores and then stays', async () => {
    const { best } = await played([]);
    const scoreboard = new Scoreboard(weights, best, 2);
    const requests = 200;
    for (let i = 0; i < requests; i++) {
      const row = rows[i % 4]!;
      scoreboard.add(row, i < 50 ? (i >> 2) % 2 : best.perTask.get(row.task!)!);
    }
    const curve = scoreboard.regretCurve();
    const at = (request: number) => curve[request - 1]![1];
    expect(at(50)).toBeGreaterThan(5);
    expect(at(requests)).toBeCloseTo(at(50), 9);
  });
});

describe('the result', () => {
  const parts = async () => ({
    ...(await played([large, small, small, large])),
    router: 'r',
    table: 't',
    objective: { accuracy: 1, cost_usd: -10 },
    models,
    feedback: { applied: 7, duplicate: 0, late: 0, rejected: 0, lost: 1 },
  });

  it('has the names that others read', async () => {
    const result = resultOf(await parts());
    expect(result).toMatchObject({
      requests: 4,
      mean_utility: expect.closeTo(0.375),
      fixed: { small: expect.closeTo(0.425), large: expect.closeTo(0.45) },
      uniform: expect.closeTo(0.4375),
      best_per_prompt: expect.closeTo(0.6),
      best_fixed: 'large',
      shares: { small: 0.5, large: 0.5 },
    });
    expect(result.regret.at(-1)).toEqual([4, expect.closeTo(2.3 - 1.5)]);
    expect(result.metrics.routed).toEqual({ accuracy: expect.closeTo(0.475), cost_usd: expect.closeTo(0.01) });
    expect(result.metrics.fixed['large']).toEqual({ accuracy: expect.closeTo(0.65), cost_usd: expect.closeTo(0.02) });
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  it('refuses to compare when nothing was played', async () => {
    const { best, scoreboard } = await played([]);
    expect(() => resultOf({ ...({} as Awaited<ReturnType<typeof parts>>), best, scoreboard, models })).toThrow(
      'no request',
    );
  });

  it('is summed up from the best to the worst in 100 columns', async () => {
    const lines = summary(resultOf(await parts()));
    const order = lines
      .filter((line) => /hindsight|always|Tradewind  |uniform/.test(line))
      .map((line) => line.split('  ')[0]);
    expect(order).toEqual([
      'best per prompt, in hindsight',
      'best per task, in hindsight',
      'always large',
      'uniform',
      'always small',
      'Tradewind',
    ]);
    expect(lines).toContain('Tradewind ends 0.0750 below the best fixed arm (large, 0.4500).');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120);
  });

  it('says so when it ends where the best fixed arm does', async () => {
    const result = resultOf(await parts());
    for (const ahead of [0, 0.00004, -0.00004])
      expect(summary({ ...result, mean_utility: result.fixed['large']! + ahead })).toContain(
        'Tradewind ends equal to the best fixed arm (large, 0.4500).',
      );
  });
});

describe('the objective of a table', () => {
  const surveyOf = (...given: ReturnType<typeof tableRow>[]) => survey({ models }, stream(given));

  it('weighs cost where every model has one, and accuracy alone elsewhere', async () => {
    expect(objectiveOfTable({}, await surveyOf(...rows), 2)).toEqual({ accuracy: 1, cost_usd: -250 });
    expect(objectiveOfTable({}, await surveyOf(tableRow({ accuracy: [1, 1], cost_usd: [1, NaN] })), 2)).toEqual({
      accuracy: 1,
    });
  });

  it('makes a mean request to the hungriest model cost the points that were asked for', async () => {
    const measured = await surveyOf(
      tableRow({ accuracy: [1, 1], energy_j: [10, 300] }),
      tableRow({ accuracy: [1, 1], energy_j: [20, 100] }),
    );
    const weighed = objectiveOfTable({ energyWeight: 0.2 }, measured, 2);
    expect(weighed['energy_j']! * 200).toBeCloseTo(-0.2, 12);
    const unknown = await surveyOf(...rows);
    expect(() => objectiveOfTable({ energyWeight: 0.2 }, unknown, 2)).toThrow(UsageError);
  });
});
