/**
 * Two one-sided cumulative sums (Page 1954, "Continuous inspection schemes"):
 *
 *   up ← max(0, up + z − k),   down ← max(0, down − z − k),   alarm when one exceeds h
 *
 * A mean that moves by 2k deviations is found fastest, after about h/k residuals. Between false alarms on independent
 * normal residuals lie about (e^{2k·b} − 2k·b − 1)/(4k²) residuals, b = h + 1.166 (Siegmund 1985, section 2.6; both
 * sides together): 10⁷ at the defaults. Outcomes that are right or wrong have a heavier tail; of 10⁶ of them, 80 or
 * 90 % right, a threshold of 12 made 27 and 85 false alarms, one of 16 makes 1 and 4.
 */
import { assertState, clipped, type ChangeDetector, type DetectorState } from './detector.js';

export interface CusumOptions {
  /** k > 0, in deviations: smaller moves are let pass. */
  readonly allowance?: number;
  /** h > 0, in deviations. */
  readonly threshold?: number;
}

export const cusumDefaults = { allowance: 0.5, threshold: 16 } as const;

const fresh: DetectorState = [0, 0, 0, 0];

/**
 * @param saved of a detector to go on from: sum and count of both sides
 * @throws RangeError when an option is not positive and finite, or a saved state not four numbers
 */
export function cusum(options: CusumOptions = {}, saved: DetectorState = fresh): ChangeDetector {
  const { allowance, threshold } = { ...cusumDefaults, ...options };
  for (const value of [allowance, threshold]) {
    if (!(value > 0 && value < Infinity)) {
      throw new RangeError(`allowance and threshold must be positive and finite, got ${allowance} and ${threshold}`);
    }
  }
  assertState(saved, fresh.length);
  const up = { sum: saved[0]!, count: saved[1]! };
  const down = { sum: saved[2]!, count: saved[3]! };
  const grow = (side: typeof up, excess: number): void => {
    side.sum = Math.max(0, side.sum + excess - allowance);
    side.count = side.sum > 0 ? side.count + 1 : 0;
  };
  return {
    add(residual) {
      const z = clipped(residual);
      grow(up, z);
      grow(down, -z);
      const alarm = up.sum > threshold ? up : down.sum > threshold ? down : undefined;
      if (!alarm) return 0;
      const { count } = alarm;
      for (const side of [up, down]) Object.assign(side, { sum: 0, count: 0 });
      return count;
    },
    get run() {
      return Math.max(up.count, down.count);
    },
    get state() {
      return [up.sum, up.count, down.sum, down.count];
    },
  };
}
