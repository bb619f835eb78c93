/**
 * How many outcomes it takes until profiles that are upside down have given way, with everything as it is shipped, through
 * the router's own decisions and learning. Four arms, six tasks, outcomes that are right or wrong; an inverted profile of
 * 1,000 samples a row calls the best arm of every task the worst.
 */
import { describe, expect, it } from 'vitest';

import { fold } from '../../src/routing/learn.js';
import { StatisticsTable } from '../../src/routing/statistics-table.js';
import { ViewMaker } from '../../src/routing/view.js';
import { seededRandom } from '../support/random.js';
import { ask, idMaker, routerOf, rowsFor } from '../support/routing.js';

const arms = ['a', 'b', 'c', 'd'];
const tasks = ['t1', 't2', 't3', 't4', 't5', 't6'];
const seeds = Array.from({ length: 30 }, (_, i) => i + 1);
const start = 1_760_000_000_000;

/** Outcomes after which less than half of the first regret is left: some two for each arm and task. */
const givenWay = 60;
/** Outcomes after which nothing shows that there were profiles: some four for each. */
const forgotten = 100;
const requests = forgotten + 50;
/** Means of 30 paired differences are told from 0 when they are this many standard errors away. */
const standardErrors = 3;

type Profiles = 'none' | 'right' | 'inverted';

function routerWith(profiles: Profiles, truth: readonly (readonly number[])[]) {
  const rows = truth.flatMap((accuracies, k) =>
    accuracies.map((accuracy, t) => ({
      arm: arms[k]!,
      task: tasks[t]!,
      metrics: { accuracy: profiles === 'right' ? accuracy : 1.3 - accuracy },
      samples: 1000,
      source: 'a test',
      measured_on: '2026',
    })),
  );
  return routerOf(
    {
      arms: arms.map((id) => ({ id })),
      objective: { accuracy: 1 },
      features: [{ name: 'task', type: 'category', values: tasks }],
    },
    { profiles: profiles === 'none' ? [] : rows },
  );
}

/** Regret of each request. */
function play(seed: number, profiles: Profiles): number[] {
  const random = seededRandom(seed);
  const truth = arms.map(() => tasks.map(() => 0.35 + 0.6 * random.number()));
  const router = routerWith(profiles, truth);
  const table = new StatisticsTable();
  const maker = new ViewMaker(router);
  const nextId = idMaker(start + seed);
  return Array.from({ length: requests }, () => {
    const t = random.below(tasks.length);
    const decision = ask(maker.form(table, 0, {}), { context: { task: tasks[t]! } }, nextId());
    const accuracy = truth[arms.indexOf(decision.logged.arm)]![t]!;
    const outcome = { accuracy: random.chance(accuracy) ? 1 : 0 };
    for (const row of rowsFor(router, decision, outcome)) fold(table, router.spec, row, 1);
    return Math.max(...truth.map((accuracies) => accuracies[t]!)) - accuracy;
  });
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const errorOf = (values: readonly number[]) => {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)) / (values.length - 1));
};

/** How much more regret the left-hand has than the right-hand, seed by seed, in standard errors. */
function excess(left: readonly number[], right: readonly number[]): number {
  const gaps = left.map((value, i) => value - right[i]!);
  return mean(gaps) / errorOf(gaps);
}

describe('profiles of a router as it is shipped', () => {
  const runs = (profiles: Profiles) => {
    const all = seeds.map((seed) => play(seed, profiles));
    /** Mean regret of requests [from, to), by seed. */
    return (from: number, to: number) => all.map((regrets) => mean(regrets.slice(from, to)));
  };
  const [none, right, inverted] = [runs('none'), runs('right'), runs('inverted')];

  it('are worth more than outcomes of a router without them where they are right, all the way', () => {
    expect(excess(none(0, givenWay), right(0, givenWay))).toBeGreaterThan(standardErrors);
    expect(excess(none(forgotten, requests), right(forgotten, requests))).toBeGreaterThan(standardErrors);
  });

  it('mislead at first where they are inverted', () => {
    expect(excess(inverted(0, 10), none(0, 10))).toBeGreaterThan(standardErrors);
  });

  it(`give way within ${givenWay} outcomes where they are inverted: less than half of the first regret is left`, () => {
    const half = inverted(0, 10).map((regret) => regret / 2);
    expect(excess(half, inverted(givenWay, forgotten))).toBeGreaterThan(standardErrors);
  });

  it(`cost nothing that can be told after ${forgotten} outcomes, beside a router that never had any`, () => {
    expect(excess(inverted(forgotten, requests), none(forgotten, requests))).toBeLessThan(standardErrors);
  });
});
