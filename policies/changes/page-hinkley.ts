/**
 * Page–Hinkley test, both sides: cumulative deviations from the running mean against their extremes so far
 * (Hinkley 1971, "Inference about the change-point from cumulative sum tests").
 *
 *   m_t = Σ (z_i − z̄_i − k),  alarm when m_t − min m > h;  and the mirror image for a fall
 *
 * It needs no prediction to be right: a bias that was there from the start is part of the running mean.
 */
import { cusumDefaults, type CusumOptions } from './cusum.js';
import { clipped, type ChangeDetector } from './detector.js';

/** @throws RangeError when an option is not positive and finite */
export function pageHinkley(options: CusumOptions = {}): ChangeDetector {
  const { allowance, threshold } = { ...cusumDefaults, ...options };
  if (!(allowance > 0 && allowance < Infinity && threshold > 0 && threshold < Infinity)) {
    throw new RangeError(`allowance and threshold must be positive and finite, got ${allowance} and ${threshold}`);
  }
  let state = fresh();
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
      state = fresh();
      return alarm.count;
    },
  };
}

interface Side {
  sum: number;
  least: number;
  /** Residuals since the sum was least: since the change, if there is one. */
  count: number;
}

const side = (): Side => ({ sum: 0, least: 0, count: 0 });
const fresh = () => ({ count: 0, mean: 0, up: side(), down: side() });
