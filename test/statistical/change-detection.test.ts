import { describe, expect, it } from 'vitest';

import { adwin } from '../../policies/changes/adwin.js';
import { cusum } from '../../policies/changes/cusum.js';
import type { ChangeDetector } from '../../policies/changes/detector.js';
import { pageHinkley } from '../../policies/changes/page-hinkley.js';
import { chanceOf } from '../../sim/random.js';
import { ChangeWatch } from '../../src/routing/changes/watch.js';
import { fold } from '../../src/routing/learn.js';
import { StatisticsTable } from '../../src/routing/statistics-table.js';
import { ViewMaker } from '../../src/routing/view.js';
import { ask, routerOf, rowsFor } from '../support/routing.js';
import { tell } from '../support/tell.js';

type Chance = ReturnType<typeof chanceOf>;

/** `LONG=1 npx vitest run test/statistical/change-detection.test.ts` for a million of each; ADWIN takes a minute then. */
const long = process.env['LONG'] !== undefined;

/** Residuals, by detector: ADWIN looks at a whole window each time. */
const detectors: readonly [string, number, () => ChangeDetector][] = [
  ['cusum', 1_000_000, () => cusum()],
  ['page-hinkley', 1_000_000, () => pageHinkley()],
  ['adwin', long ? 1_000_000 : 200_000, () => adwin()],
];

function alarms(length: number, detector: ChangeDetector, residual: (chance: ReturnType<typeof chanceOf>) => number) {
  const chance = chanceOf(5, 'stationary');
  let count = 0;
  for (let i = 0; i < length; i++) if (detector.add(residual(chance)) > 0) count++;
  return count;
}

describe.each(detectors)('%s on a stationary stream of %i residuals', (name, length, create) => {
  /** Below one false alarm in 10⁵ outcomes. */
  const most = length / 1e5;

  it('raises less than one false alarm in 10⁵ when they are normal', () => {
    const count = alarms(length, create(), (chance) => chance.normal());
    tell(`${name}: ${count} alarms in ${length} residuals, normal`);
    expect(count).toBeLessThan(most);
  });

  it.each([0.5, 0.8, 0.9, 0.95])('does so when outcomes are right or wrong and %s are right', (rate) => {
    const deviation = Math.sqrt(rate * (1 - rate));
    const residual = (chance: ReturnType<typeof chanceOf>) => ((chance.number() < rate ? 1 : 0) - rate) / deviation;
    const count = alarms(length, create(), residual);
    tell(`${name}: ${count} alarms in ${length} residuals, ${rate} right`);
    expect(count).toBeLessThan(most);
  });
});

/** Mean outcomes from a move of the mean by 0.5, 1 and 1.5 deviations to its alarm, as the READMEs quote them. */
const delays: readonly [string, () => ChangeDetector, move: number, delay: number][] = [
  ['cusum', () => cusum(), 0.5, 301],
  ['cusum', () => cusum(), 1, 32],
  ['cusum', () => cusum(), 1.5, 17],
  ['page-hinkley', () => pageHinkley(), 1, 35],
  ['page-hinkley', () => pageHinkley(), 1.5, 18],
  ['adwin', () => adwin(), 0.5, 244],
  ['adwin', () => adwin(), 1, 71],
  ['adwin', () => adwin(), 1.5, 40],
];
const streams = 200;
const longest = 3_000;

/** Outcomes until the alarm, or the longest that is waited for one. */
function delayOf(detector: ChangeDetector, move: number, seed: number): number {
  const chance = chanceOf(seed, 'moved');
  for (let i = 0; i < 500; i++) detector.add(chance.normal());
  let delay = 1;
  while (delay < longest && detector.add(move + chance.normal()) === 0) delay++;
  return delay;
}

const delaysOf = (create: () => ChangeDetector, move: number): number[] =>
  Array.from({ length: streams }, (_, seed) => delayOf(create(), move, seed));

it.each(delays)('%s finds a mean that moved as soon as is said', (name, create, move, said) => {
  const all = delaysOf(create, move);
  const mean = all.reduce((sum, delay) => sum + delay, 0) / streams;
  const error = Math.sqrt(all.reduce((sum, delay) => sum + (delay - mean) ** 2, 0)) / streams;
  tell(`${name}: a move of ${move} deviations after ${mean.toFixed(0)} ± ${error.toFixed(1)} outcomes`);
  // The streams are the same each time; what was said is rounded.
  expect(Math.abs(mean - said)).toBeLessThan(0.51 + error / 10);
});

it('page-hinkley mostly misses a move of no more than its allowance, which its running mean follows', () => {
  const missed = delaysOf(() => pageHinkley(), 0.5).filter((delay) => delay === longest).length;
  tell(`page-hinkley: ${missed} of ${streams} moves of 0.5 deviations are not found in ${longest} outcomes`);
  expect(missed).toBeGreaterThan(streams / 2);
});

describe('a watch over what was learned', () => {
  /** Outcomes of one arm, and the places of those that gave a change away. */
  function watched(
    metric: string,
    draw: (chance: Chance, i: number) => number,
    length: number,
    seed: number,
  ): number[] {
    const router = routerOf({ objective: { accuracy: 1, cost_usd: -1 } });
    const [chance, table, watch, maker] = [
      chanceOf(seed, 'outcomes'),
      new StatisticsTable(),
      new ChangeWatch(),
      new ViewMaker(router),
    ];
    let view = maker.form(table, 0, {});
    const [like] = rowsFor(router, ask(view, { candidates: ['small'] }), { [metric]: 0.5 });
    const found: number[] = [];
    for (let i = 0; i < length; i++) {
      const row = { ...like, value: draw(chance, i) };
      if (watch.observe(view, row, 0)) found.push(i);
      fold(table, router.spec, row, 1);
      if (i % (i < 1000 ? 10 : 500) === 0) view = maker.form(table, 0, {});
    }
    maker.release();
    return found;
  }

  const steady: readonly [string, string, (chance: Chance) => number][] = [
    ['right or wrong', 'accuracy', (chance) => (chance.number() < 0.9 ? 1 : 0)],
    ['lognormal costs', 'cost_usd', (chance) => 0.001 * Math.exp(chance.normal())],
  ];

  it.each(steady)('raises less than one false alarm in 10⁵ on outcomes that are %s', (_, metric, draw) => {
    const length = 500_000;
    expect(watched(metric, draw, length, 3).length).toBeLessThan(length / 1e5);
  });

  it('finds a fall from 90 to 50 % right within 60 outcomes, 21 in the middle', () => {
    const delays = Array.from({ length: 30 }, (_, seed) => {
      const rate = (i: number) => (i < 500 ? 0.9 : 0.5);
      const [first] = watched('accuracy', (chance, i) => (chance.number() < rate(i) ? 1 : 0), 620, seed + 1);
      return first - 500;
    }).sort((a, b) => a - b);
    expect(delays[0]).toBeGreaterThan(0);
    expect(delays[15]).toBeLessThan(35);
    expect(delays.at(-1)).toBeLessThan(60);
  });
});
