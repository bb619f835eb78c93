/**
 * Margins over a selector that reads model cards, run by run of the same seed: accuracy gained, as a share of the
 * selector's, and energy saved, as a share of the selector's.
 */
import { estimate, type Estimate } from '../../report/student.js';
import type { WorldCell } from '../../worlds/profile-world.js';
import { modelOfCards, tasksOf, type Qualitative } from './contestants.js';
import type { Half, RunMeans } from './run-means.js';

/**
 * Published of selecting by measured profiles instead of by a language model that reads model cards (Smirnova et al.
 * 2025, arXiv 2512.01099, abstract): over the tasks, and per selection.
 */
export const published = {
  accuracy_percent: [0.9, 11.92],
  energy_percent_up_to: 54,
  selection_us: { qualitative: 4.51e6, quantitative: 7200 },
} as const;

export interface Margin {
  readonly task: string;
  /** 100 · (accuracy / the selector's − 1). */
  readonly accuracy: Estimate;
  /** 100 · (1 − energy / the selector's): read so, "more efficient" is the harder of its readings. */
  readonly energy: Estimate;
  /** The accuracy margin of the most accurate model of the task: nobody can have more on average. */
  readonly possible: number;
}

/**
 * @param runs  of a policy, one per seed
 * @param than  of the selector, with the same seeds in the same order
 * @param cells as they are in this half
 */
export function marginsOf(
  runs: readonly RunMeans[],
  than: readonly RunMeans[],
  half: Half,
  cells: readonly WorldCell[],
  selector: Qualitative,
): Margin[] {
  const percent = (ratio: (own: RunMeans, other: RunMeans) => number) =>
    estimate(runs.map((run, i) => 100 * ratio(run, than[i]!)));
  return ['all', ...tasksOf(cells)].map((task) => {
    const of = (run: RunMeans) => run.halves[half][task]!;
    return {
      task,
      accuracy: percent((own, other) => of(own).accuracy / of(other).accuracy - 1),
      energy: percent((own, other) => 1 - of(own).energy / of(other).energy),
      possible: possibleMargin(cells, selector, task === 'all' ? tasksOf(cells) : [task]),
    };
  });
}

function possibleMargin(cells: readonly WorldCell[], selector: Qualitative, tasks: readonly string[]): number {
  let [best, taken] = [0, 0];
  for (const task of tasks) {
    const own = cells.filter((cell) => cell.task === task);
    best += Math.max(...own.map(({ means }) => means.accuracy!));
    taken += own.find(({ arm }) => arm === modelOfCards(selector, task))?.means.accuracy ?? NaN;
  }
  return 100 * (best / taken - 1);
}

export interface MarginSummary {
  readonly all: Margin;
  readonly least: Margin;
  readonly most: Margin;
  /** The task on which most energy is saved. */
  readonly thriftiest: Margin;
  /** Tasks on which the accuracy margin reaches the least that was published, those on which it could, and all. */
  readonly reached: number;
  readonly reachable: number;
  readonly tasks: number;
}

export function summaryOf([all, ...tasks]: readonly Margin[]): MarginSummary {
  const by = (value: (margin: Margin) => number) => [...tasks].sort((a, b) => value(a) - value(b));
  const accuracy = by((margin) => margin.accuracy.mean);
  const [least] = published.accuracy_percent;
  return {
    all: all!,
    least: accuracy[0]!,
    most: accuracy.at(-1)!,
    thriftiest: by((margin) => margin.energy.mean).at(-1)!,
    reached: tasks.filter((margin) => margin.accuracy.mean >= least).length,
    reachable: tasks.filter((margin) => margin.possible >= least).length,
    tasks: tasks.length,
  };
}
