/** Rows of the result: a policy on a task, in one half of the runs. */
import { estimate } from '../../report/student.js';
import type { WorldCell } from '../../worlds/profile-world.js';
import { tasksOf, type Contestant } from './contestants.js';
import { published } from './margins.js';
import type { Half, RunMeans, TaskMeans } from './run-means.js';

/** A joule a request is 1,000 J per 1,000, and a watt-hour 3,600 J. */
export const wattHoursPerThousand = 1 / 3.6;

export interface Row {
  readonly policy: string;
  /** `all` for all tasks together. */
  readonly task: string;
  readonly accuracy: number;
  readonly accuracy_ci95: readonly [low: number, high: number];
  readonly energy_wh_per_1000: number;
  readonly utility: number;
  readonly selection_us: number;
  /** Whether the time of a selection was measured here or published. */
  readonly selection: 'measured' | 'published';
}

export function rowsOf(
  contestant: Contestant,
  runs: readonly RunMeans[],
  half: Half,
  cells: readonly WorldCell[],
): Row[] {
  const selection = contestant.qualitative ? 'published' : 'measured';
  const measured = estimate(runs.map(({ decisionUs }) => decisionUs)).mean;
  return ['all', ...tasksOf(cells)].map((task) => {
    const of = (pick: (means: TaskMeans) => number) => estimate(runs.map((run) => pick(run.halves[half][task]!)));
    const accuracy = of((means) => means.accuracy);
    return {
      policy: contestant.name,
      task,
      accuracy: accuracy.mean,
      accuracy_ci95: [accuracy.low, accuracy.high],
      energy_wh_per_1000: of(({ energy }) => energy).mean * wattHoursPerThousand,
      utility: of(({ utility }) => utility).mean,
      selection_us: contestant.qualitative ? published.selection_us.qualitative : measured,
      selection,
    };
  });
}
