/**
 * Page–Hinkley test, both sides: cumulative deviations from the running mean against their extremes so far
 * (Hinkley 1971, "Inference about the change-point from cumulative sum tests").
 *
 *   m_t = Σ (z_i − z̄_i − k),  alarm when m_t − min m > h;  and the mirror image for a fall
 *
 * It needs no prediction to be right: a bias that was there from the start is part of the running mean.
 */
import { cusumDefaults, type CusumOptions } from './cusum.js';
import { assertState, clipped, type ChangeDetector, type DetectorState } from './detector.js';

const fresh: DetectorState = [0, 0, 0, 0, 0, 0, 0, 0];

/**
 * @param saved of a detector to go on from: count and mean of all residuals; sum, least sum and count of both sides
 * @throws RangeError when an option is not positive and finite, or a saved state not eight numbers
 */
export function pageHinkley(options: CusumOptions = {}, saved: DetectorState = fresh): ChangeDetector {
  const { allowance, threshold } = { ...cusumDefaults, ...options };
  if (!(allowance > 0 && allowance < Infinity && threshold > 0 && threshold < Infinity)) {
    throw new RangeError(`allowance and threshold must be positive and finite, got ${allowance} and ${threshold}`);
  }
  let state = restored(saved);
  const grow = (side: Side, excess: number): void => {
    side.sum += excess - allowance;
    if (side.sum <= side.least) Object.assign(side, { least: side.sum, count: 0 });
    else side.count++;
  };
  return {
    add(residual) {
      const z = clipped(residual);
      state.count++;
      state.mean += (z - state.mean) / state.count;
      grow(state.up, z - state.mean);
      grow(state.down, state.mean - z);
      const alarm = [state.up, state.down].find(({ sum, least }) => sum - least > threshold);
      if (!alarm) return 0;
      state = restored(fresh);
      return alarm.count;
    },
    get run() {
      return Math.max(state.up.count, state.down.count);
    },
    get state() {
      const { count, mean, up, down } = state;
      return [count, mean, up.sum, up.least, up.count, down.sum, down.least, down.count];
    },
  };
}

interface Side {
  sum: number;
  least: number;
  /** Residuals since the sum was least: since the change, if there is one. */
  count: number;
}

function restored(saved: DetectorState): { count: number; mean: number; up: Side; down: Side } {
  assertState(saved, fresh.length);
  const side = (from: number): Side => ({ sum: saved[from]!, least: saved[from + 1]!, count: saved[from + 2]! });
  return { count: saved[0]!, mean: saved[1]!, up: side(2), down: side(5) };
}
