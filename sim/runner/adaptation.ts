/**
 * How long a run took to adapt to each change of its world, and what that cost.
 *
 * Between a change at request c and the next one (or the end) at e a run is taken to have settled in the second half; its
 * level is the mean regret there. Regret, not reward, so that hard requests do not look like a bad router.
 *
 *   requests = the least n with  mean regret of [c + n, c + n + w)  ≤  level + max(0.02, 2·s/√w)
 *   lost     = Σ (regret − level) over [c, e)
 *
 * with w = 100 requests, a quarter of e − c where that is less, and s the deviation of regret around its level: 0 requests
 * means that the run was not to be told from a settled one at once. One that never finds a better arm settles too, at a
 * bad level: so the level belongs beside it.
 */
import type { Played } from './played.js';

export interface Adaptation {
  /** The first request that is different. */
  readonly from: number;
  /** The first request of the next stretch. */
  readonly to: number;
  readonly label: string;
  /** Requests until the run did as well as it settled to do; NaN where regret isn't known. */
  readonly requests: number;
  /** Utility given up meanwhile, in accuracy points. */
  readonly lost: number;
  /** Mean regret per request that it settled at. */
  readonly level: number;
}

export const adaptationWindow = 100;
export const adaptationTolerance = 0.02;

export function adaptations({ changes, regret, length }: Pick<Played, 'changes' | 'regret' | 'length'>): Adaptation[] {
  return changes.map(({ request: from, label }, i) => {
    const to = changes[i + 1]?.request ?? length;
    return { from, to, label, ...adaptation(regret.subarray(from, to)) };
  });
}

/** @param regret of the requests from one change to the next, at least one */
export function adaptation(regret: Float64Array): Pick<Adaptation, 'requests' | 'lost' | 'level'> {
  const settled = regret.subarray(regret.length >> 1);
  const level = mean(settled);
  const width = Math.max(1, Math.min(adaptationWindow, regret.length >> 2));
  const deviation = Math.sqrt(mean(settled.map((value) => (value - level) ** 2)));
  const bound = level + Math.max(adaptationTolerance, (2 * deviation) / Math.sqrt(width));
  return {
    requests: firstWindow(regret, width, bound),
    lost: regret.reduce((sum, value) => sum + value - level, 0),
    level,
  };
}

/** Where the first window begins whose mean is no higher than the bound; NaN when there is none. */
function firstWindow(values: Float64Array, width: number, bound: number): number {
  let sum = values.subarray(0, width).reduce((total, value) => total + value, 0);
  for (let from = 0; from + width <= values.length; from++) {
    if (sum <= bound * width) return from;
    sum += values[from + width]! - values[from]!;
  }
  return NaN;
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
