/** Charts of runs over time, as means over seeds. */
import type { RunSummary } from '../runner/summary.js';
import { lineChart, type LineChart } from './line-chart.js';
import { estimate } from './student.js';

type Marks = NonNullable<LineChart['marks']>;

/** The mean over runs of one curve, at the end of each bin. */
export function meanCurve(
  runs: readonly RunSummary[],
  curve: (run: RunSummary) => readonly number[],
): (readonly [number, number])[] {
  const first = runs[0]!;
  return curve(first).map((_, bin) => {
    const values = runs.map((run) => curve(run)[bin]!).filter((value) => !Number.isNaN(value));
    return [first.ends[bin]!, values.reduce((sum, value) => sum + value, 0) / values.length];
  });
}

export interface NamedRuns {
  readonly name: string;
  readonly runs: readonly RunSummary[];
}

/** Cumulative regret with its interval over seeds. */
export function regretChart(groups: readonly NamedRuns[], marks: Marks = []): string {
  return lineChart({
    title: 'Cumulative regret',
    x: 'request',
    y: 'regret, accuracy points',
    marks,
    series: groups.map(({ name, runs }) => ({
      name,
      points: meanCurve(runs, ({ regret }) => regret),
      band: runs[0]!.regret.map((_, bin) => {
        const { low, high } = estimate(runs.map(({ regret }) => regret[bin]!));
        return [low, high] as const;
      }),
    })),
  });
}

export function sharesChart(arms: readonly string[], runs: readonly RunSummary[], marks: Marks = []): string {
  return lineChart({
    title: 'Share of each arm over time',
    x: 'request',
    y: 'share',
    marks,
    include: [0, 1],
    series: arms.map((name, k) => ({ name, points: meanCurve(runs, ({ shares }) => shares.map((bin) => bin[k]!)) })),
  });
}

/** Rarer predictions are chance, and not drawn. */
const leastShare = 0.001;

/** Expected against observed accuracy; on the dashed line predictions are right. */
export function calibrationChart(runs: readonly RunSummary[]): string {
  const bins = runs[0]!.calibration.map((_, i) => {
    const total = (pick: 'count' | 'predicted' | 'observed') =>
      runs.reduce((sum, { calibration }) => sum + calibration[i]![pick], 0);
    return { count: total('count'), predicted: total('predicted'), observed: total('observed') };
  });
  const all = bins.reduce((sum, { count }) => sum + count, 0);
  const seen = bins.filter(({ count }) => count > leastShare * all);
  const points = seen.map(({ count, predicted, observed }) => [predicted / count, observed / count] as const);
  const ends = [0, 1].map((end) => points.at(end === 0 ? 0 : -1)?.[0] ?? end);
  return lineChart({
    title: 'Calibration of expected accuracy',
    x: 'expected',
    y: 'observed',
    series: [
      { name: 'tenths of expected accuracy', points },
      { name: 'right', points: ends.map((end) => [end, end] as const), form: 'dashed', colour: '#868e96' },
    ],
  });
}
