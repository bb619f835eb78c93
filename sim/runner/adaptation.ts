/**
 * How long a policy takes to adapt to a change of its world, and what that costs.
 *
 * One run hides it: outcomes are mostly right or wrong, so that a mean of 100 of them is not known to better than 0.1. So
 * the time is taken from the mean over seeds of the regret of each request, whose noise falls with the root of the seeds.
 * Regret, not reward, so that hard requests do not look like a bad router.
 *
 * Between a change at request c and the next one (or the end) at e a policy is taken to have settled in the second half; its
 * level is the mean regret there.
 *
 *   lost     = Σ (regret − level) over [c, e), of each run
 *   excess n = mean regret of [c + n, c + n + w) − level, of the mean over seeds
 *   requests = the least n, from the worst excess on, with  excess n ≤ max(worst excess / 10, 2·s/√w)
 *
 * with w = 100 requests, a quarter of e − c where that is less, and s the deviation of the mean over seeds around its level:
 * when nine tenths of the worst are made up, or what is left is not to be told from noise. The worst is sought in the first
 * half. The interval is the percentile bootstrap over seeds (Efron & Tibshirani 1993, section 13.3).
 *
 * Where the interval of `lost` does not lie above 0 the change is not known to have hurt, and there is no time to tell. A
 * policy that never finds a better arm settles too, at a bad level: so the level belongs beside it.
 */
import { quantileSorted } from 'simple-statistics';

import { estimate, type Estimate } from '../report/student.js';
import { chanceOf, type Chance } from '../random.js';
import type { Stretch } from './stretch.js';

export interface Adaptation {
  /** Requests until the policy did as well as it settled to do; null where that can't be told. */
  readonly requests: Pick<Estimate, 'mean' | 'low' | 'high'> | null;
  /** Utility given up meanwhile, in accuracy points, mean over runs. */
  readonly lost: Estimate;
  /** Mean regret per request that runs settled at. */
  readonly level: Estimate;
}

export const adaptationWindow = 100;
/** Of the worst excess, what may be left. */
const left = 0.1;
const replicates = 1000;
/** Additions that one interval may take: bounds the replicates of very many seeds. */
const mostWork = 4e8;
const leastReplicates = 200;

/** @param runs the same stretch of each seed, at least one */
export function adaptation(runs: readonly Stretch[]): Adaptation {
  const { step, from, to } = runs[0]!;
  const curves = runs.map(({ regret }) => regret);
  const level = estimate(curves.map(levelOf));
  const lost = estimate(curves.map((curve, i) => lostOf(curve, runs[i]!)));
  if (!(lost.low > 0)) return { requests: null, lost, level };
  const width = Math.max(1, Math.round(Math.min(adaptationWindow, (to - from) / 4) / step));
  const timeOf = (curve: Float64Array) => settledAfter(curve, width) * step;
  const times = resampled(curves, chanceOf(runs.length, 'adaptation'), timeOf);
  return { requests: { mean: timeOf(meanCurve(curves, curves.keys())), ...middle(times) }, lost, level };
}

/** Steps until the window that begins there exceeds the level no more than it may; all of them where none does. */
function settledAfter(curve: Float64Array, width: number): number {
  const level = levelOf(curve);
  const settled = settledPart(curve);
  const deviation = Math.sqrt(mean(settled.map((value) => (value - level) ** 2)));
  const windows = windowMeans(curve, width);
  const firstHalf = windows.subarray(0, Math.max(1, curve.length - settled.length));
  const worst = firstHalf.reduce((most, value, i) => (value > firstHalf[most]! ? i : most), 0);
  const bound = level + Math.max(left * (windows[worst]! - level), (2 * deviation) / Math.sqrt(width));
  const found = windows.findIndex((value, i) => i >= worst && value <= bound);
  return found < 0 ? curve.length : found;
}

function windowMeans(values: Float64Array, width: number): Float64Array {
  const means = new Float64Array(values.length - width + 1);
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    sum += values[i]! - (i < width ? 0 : values[i - width]!);
    if (i >= width - 1) means[i - width + 1] = sum / width;
  }
  return means;
}

/** The time of each replicate: as many curves as there are, drawn with replacement. */
function resampled(curves: readonly Float64Array[], chance: Chance, timeOf: (curve: Float64Array) => number): number[] {
  const work = curves.length * curves[0]!.length;
  const count = Math.max(leastReplicates, Math.min(replicates, Math.floor(mostWork / work)));
  return Array.from({ length: count }, () =>
    timeOf(
      meanCurve(
        curves,
        curves.map(() => chance.below(curves.length)),
      ),
    ),
  );
}

function meanCurve(curves: readonly Float64Array[], chosen: Iterable<number>): Float64Array {
  const sum = new Float64Array(curves[0]!.length);
  for (const place of chosen) {
    const curve = curves[place]!;
    for (let i = 0; i < sum.length; i++) sum[i]! += curve[i]!;
  }
  return sum.map((value) => value / curves.length);
}

/** The middle 95 %, in whole requests. */
function middle(values: readonly number[]): { low: number; high: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => Math.round(quantileSorted(sorted, share));
  return { low: at(0.025), high: at(0.975) };
}

const settledPart = (curve: Float64Array): Float64Array => curve.subarray(curve.length >> 1);
const levelOf = (curve: Float64Array): number => mean(settledPart(curve));

/** The last step may be shorter than the others. */
function lostOf(curve: Float64Array, { step, from, to }: Stretch): number {
  const level = levelOf(curve);
  return curve.reduce((sum, value, i) => sum + (value - level) * Math.min(step, to - from - i * step), 0);
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
