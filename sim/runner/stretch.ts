/** The regret of one run between two changes of its world, in at most so many steps that many runs fit in memory. */
import type { Played } from './played.js';

export interface Stretch {
  /** The first request that is different. */
  readonly from: number;
  /** The first request of the next stretch. */
  readonly to: number;
  /** What changed. */
  readonly label: string;
  /** Requests per step; the last step may have fewer. */
  readonly step: number;
  /** Mean regret per request, step by step; NaN where it isn't known. */
  readonly regret: Float64Array;
}

export const mostSteps = 1000;

/** From each change to the next one, or to the end of the run. */
export function stretches({ changes, regret, length }: Pick<Played, 'changes' | 'regret' | 'length'>): Stretch[] {
  return changes.map(({ request: from, label }, i) => {
    const to = changes[i + 1]?.request ?? length;
    const step = Math.ceil((to - from) / mostSteps);
    return { from, to, label, step, regret: meansOf(regret.subarray(from, to), step) };
  });
}

function meansOf(values: Float64Array, step: number): Float64Array {
  return Float64Array.from({ length: Math.ceil(values.length / step) }, (_, i) => {
    const part = values.subarray(i * step, (i + 1) * step);
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}
