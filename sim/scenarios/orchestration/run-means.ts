/** One run in few numbers: means by half and task, and over time what every run is summed up by. */
import type { Played } from '../../runner/played.js';
import { summarise, type RunSummary } from '../../runner/summary.js';

/** As measured, then drifted. */
export type Half = 'measured' | 'drifted';
export const halves: readonly Half[] = ['measured', 'drifted'];

export interface TaskMeans {
  /** In [0, 1]. */
  readonly accuracy: number;
  /** Joules per request. */
  readonly energy: number;
  /** Accuracy points per request. */
  readonly utility: number;
}

export interface RunMeans {
  /** By task; `all` is all requests of the half together. */
  readonly halves: Readonly<Record<Half, Readonly<Record<string, TaskMeans>>>>;
  /** Median time of a decision, in microseconds. */
  readonly decisionUs: number;
  /** Regret, shares and accuracy over time, and calibration, of both halves together. */
  readonly summary: RunSummary;
}

/** @param tasks of the requests, in their order */
export function meansOfRun(played: Played, tasks: readonly string[]): RunMeans {
  const requests = Array.from(tasks.keys());
  const middle = played.length >> 1;
  const parts = { measured: requests.slice(0, middle), drifted: requests.slice(middle) };
  return {
    halves: {
      measured: byTask(played, tasks, parts.measured),
      drifted: byTask(played, tasks, parts.drifted),
    },
    decisionUs: 1000 * [...played.decisionMs].sort((a, b) => a - b)[middle]!,
    summary: summarise(played),
  };
}

function byTask(played: Played, tasks: readonly string[], requests: readonly number[]): Record<string, TaskMeans> {
  const names = [...new Set(tasks)].sort();
  return Object.fromEntries([
    ['all', meansOver(played, requests)],
    ...names.map((name) => [
      name,
      meansOver(
        played,
        requests.filter((i) => tasks[i] === name),
      ),
    ]),
  ]) as Record<string, TaskMeans>;
}

function meansOver({ outcomes, utility }: Played, requests: readonly number[]): TaskMeans {
  const mean = (values: Float64Array) => requests.reduce((sum, i) => sum + values[i]!, 0) / requests.length;
  return { accuracy: mean(outcomes.accuracy!), energy: mean(outcomes.energy_j!), utility: mean(utility) };
}
