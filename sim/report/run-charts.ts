/** Charts of runs over time, as means over seeds. */
import { mean } from 'simple-statistics';

import type { RunSummary } from '../runner/summary.js';
import { lineChart, type LineChart } from './line-chart.js';
import { palette } from './palette.js';
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
    return [first.ends[bin]!, values.length > 0 ? mean(values) : NaN];
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
    includeX: [0],
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

/** Arms beyond this are drawn as one. */
const mostArms = 7;

/** @param title names whose shares they are */
export function sharesChart(
  arms: readonly string[],
  runs: readonly RunSummary[],
  marks: Marks = [],
  title = 'Share of each arm over time',
): string {
  const total = arms.map((_, k) => runs.reduce((sum, { whole }) => sum + whole.shares[k]!, 0));
  const order = [...arms.keys()].sort((a, b) => total[b]! - total[a]!);
  const own = arms.length <= mostArms + 1 ? order : order.slice(0, mostArms);
  const others = order.slice(own.length);
  const share = (name: string, chosen: readonly number[]) => ({
    name,
    points: meanCurve(runs, ({ shares }) => shares.map((bin) => chosen.reduce((sum, k) => sum + bin[k]!, 0))),
  });
  return lineChart({
    title,
    x: 'request',
    includeX: [0],
    y: 'share',
    marks,
    include: [0, 1],
    series: [
      // An arm has the same colour in the charts of all policies, as long as there are enough of them.
      ...own.map((k, i) => ({
        ...share(arms[k]!, [k]),
        colour: palette[(others.length > 0 ? i : k) % palette.length]!,
      })),
      ...(others.length > 0 ? [{ ...share(`${others.length} others together`, others), colour: '#868e96' }] : []),
    ],
  });
}

/** Upright lines where the world of a run changed. */
export const marksOf = ({ changes }: RunSummary): Marks => changes.map(({ request, label }) => ({ x: request, label }));

/** Rarer predictions are chance, and not drawn. */
const leastShare = 0.001;

/** Expected against observed accuracy, by tenths of the expected; on the dashed line predictions are right. */
export function calibrationChart(groups: readonly NamedRuns[]): string {
  const curves = groups.map(({ name, runs }) => ({ name, points: calibrationPoints(runs) }));
  const all = curves.flatMap(({ points }) => points).map(([x]) => x);
  const ends = all.length > 0 ? [Math.min(...all), Math.max(...all)] : [0, 1];
  return lineChart({
    title: 'Calibration of expected accuracy',
    x: 'expected',
    y: 'observed',
    series: [
      ...curves.filter(({ points }) => points.length > 0),
      { name: 'as expected', points: ends.map((end) => [end, end] as const), form: 'dashed', colour: '#868e96' },
    ],
  });
}

function calibrationPoints(runs: readonly RunSummary[]): (readonly [number, number])[] {
  const bins = runs[0]!.calibration.map((_, i) => {
    const total = (pick: 'count' | 'predicted' | 'observed') =>
      runs.reduce((sum, { calibration }) => sum + calibration[i]![pick], 0);
    return { count: total('count'), predicted: total('predicted'), observed: total('observed') };
  });
  const all = bins.reduce((sum, { count }) => sum + count, 0);
  return bins
    .filter(({ count }) => count > leastShare * all)
    .map(({ count, predicted, observed }) => [predicted / count, observed / count] as const);
}
