/** Mean over seeds with its 95 % interval, by Student's t. */
import { mean as meanOf, sampleStandardDeviation } from 'simple-statistics';

export interface Estimate {
  readonly mean: number;
  /** The interval [low, high] that covers the true mean 95 times in 100; both the mean where there is one seed. */
  readonly low: number;
  readonly high: number;
  /** Runs. */
  readonly count: number;
}

/** 97.5 % quantiles of Student's t with 1 to 30 degrees of freedom (Fisher and Yates 1963, table III). */
const quantiles = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/** Beyond the table by the first term of its expansion, right to 0.001. @param degrees ≥ 1 */
export function studentQuantile(degrees: number): number {
  if (!(degrees >= 1)) throw new RangeError(`degrees of freedom must be at least 1, got ${degrees}`);
  return quantiles[degrees - 1] ?? 1.95996 + 2.3722 / degrees + 2.8225 / degrees ** 2;
}

/** @throws RangeError without values */
export function estimate(values: readonly number[]): Estimate {
  const count = values.length;
  if (count === 0) throw new RangeError('an estimate needs at least one value');
  const mean = meanOf(values);
  if (count === 1) return { mean, low: mean, high: mean, count };
  const half = (studentQuantile(count - 1) * sampleStandardDeviation(values)) / Math.sqrt(count);
  return { mean, low: mean - half, high: mean + half, count };
}

/** Mean of a − b over seeds that both were played with: what they have in common, such as hard requests, falls out. */
export function pairedDifference(a: readonly number[], b: readonly number[]): Estimate {
  if (a.length !== b.length) throw new RangeError(`pairs need equally many values, got ${a.length} and ${b.length}`);
  return estimate(a.map((value, i) => value - b[i]!));
}
