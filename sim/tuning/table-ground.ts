/** Settings measured by playing a table, many seeds each, in worker threads. */
import { estimate } from '../report/student.js';
import { runJobs } from '../runner/run-jobs.js';
import type { Playable } from '../scenarios/scenario.js';
import type { Ground, Measured, Part } from './ground.js';
import type { Setting } from './setting.js';
import { tableTuning, type RunFigures, type TuningJob, type TuningTable } from './table-tuning.js';

export interface TableGroundOptions {
  /** Runs of each setting in each part; the seeds of the held-out part are others than those of the tuning part. */
  readonly seeds: number;
  readonly threads?: number;
  /** Called after each run. */
  readonly onRun?: () => void;
}

export function tableGround(table: TuningTable, { seeds, threads, onRun }: TableGroundOptions): Ground {
  return {
    unit: 'seed',
    async measure(settings, part) {
      const jobs = settings.flatMap((setting) => seedsOf(part, seeds).map((seed) => ({ setting, part, seed })));
      const figures = (await runJobs(tableTuning as Playable, table, jobs satisfies TuningJob[], {
        ...(threads === undefined ? {} : { threads }),
        ...(onRun ? { onProgress: onRun } : {}),
      })) as RunFigures[];
      return settings.map((setting, i) => measuredOf(setting, figures.slice(i * seeds, (i + 1) * seeds)));
    },
  };
}

const seedsOf = (part: Part, seeds: number): number[] =>
  Array.from({ length: seeds }, (_, i) => (part === 'tuning' ? 1 : seeds + 1) + i);

function measuredOf(setting: Setting, runs: readonly RunFigures[]): Measured {
  const mean = (value: (run: RunFigures) => number) => estimate(runs.map(value)).mean;
  const first = runs[0]!;
  const uses = first.uses.map((_, b) => mean((run) => run.uses[b]!));
  return {
    setting,
    values: runs.map(({ utility }) => utility),
    metrics: Object.fromEntries(Object.keys(first.metrics).map((name) => [name, mean((run) => run.metrics[name]!)])),
    ...(uses.length > 0 ? { use: Math.max(...uses) } : {}),
  };
}
