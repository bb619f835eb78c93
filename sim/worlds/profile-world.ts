/** A world made of profiles: each arm has a mean per task and metric, and outcomes scatter around it. */
import type { Chance } from '../random.js';
import type { ArmOutcomes, Step, World } from './world.js';

/** One arm on one task; metrics that are left out are never reported. */
export interface WorldCell {
  readonly arm: string;
  readonly task: string;
  /** Means: accuracy in [0, 1]; others > 0, in the metric's unit. */
  readonly means: Readonly<Record<string, number>>;
}

export interface ProfileWorldOptions {
  readonly name: string;
  readonly cells: readonly WorldCell[];
  /** Requests in one run; tasks are drawn evenly. */
  readonly length: number;
  /** Deviation of other metrics than accuracy, as a share of their mean: log-normal. */
  readonly scatter?: number;
}

/**
 * Accuracy is 1 or 0 with the profiled mean: the most that a score in [0, 1] can scatter. Other metrics are log-normal
 * with the profiled mean.
 * @throws RangeError without cells, or when a cell is given twice
 */
export function profileWorld({ name, cells, length, scatter = 0.2 }: ProfileWorldOptions): World {
  const arms = [...new Set(cells.map(({ arm }) => arm))];
  const tasks = [...new Set(cells.map(({ task }) => task))];
  const metrics = [...new Set(cells.flatMap(({ means }) => Object.keys(means)))];
  if (cells.length === 0) throw new RangeError('a world of profiles needs at least one cell');
  const expected = new Map(tasks.map((task) => [task, meansOf(cells, task, arms, metrics)]));
  return {
    name,
    arms,
    metrics,
    length,
    changes: [],
    *steps(chance): Generator<Step> {
      for (let request = 0; request < length; request++) {
        const task = tasks[chance.below(tasks.length)]!;
        const means = expected.get(task)!;
        const outcomes = Object.fromEntries(
          metrics.map((metric) => [metric, means[metric]!.map((mean) => drawn(metric, mean, scatter, chance))]),
        );
        yield { phase: 'all', context: { task }, outcomes, expected: means };
      }
    },
  };
}

function meansOf(
  cells: readonly WorldCell[],
  task: string,
  arms: readonly string[],
  metrics: readonly string[],
): ArmOutcomes {
  const own = cells.filter((cell) => cell.task === task);
  if (new Set(own.map(({ arm }) => arm)).size < own.length) throw new RangeError(`an arm has two cells for ${task}`);
  const of = (arm: string, metric: string) => own.find((cell) => cell.arm === arm)?.means[metric] ?? NaN;
  return Object.fromEntries(metrics.map((metric) => [metric, Float64Array.from(arms, (arm) => of(arm, metric))]));
}

/** Chance is drawn for every arm, known or not, so that worlds with other arms ask the same requests. */
function drawn(metric: string, mean: number, scatter: number, chance: Chance): number {
  if (metric === 'accuracy') {
    const hit = chance.number() < mean ? 1 : 0;
    return Number.isNaN(mean) ? NaN : hit;
  }
  const spread = Math.sqrt(Math.log1p(scatter ** 2));
  return mean * Math.exp(spread * chance.normal() - spread ** 2 / 2);
}
