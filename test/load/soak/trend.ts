/** Whether a quantity that was looked at again and again grows. */
import { linearRegression, mean } from 'simple-statistics';

export interface Reading {
  readonly seconds: number;
  readonly value: number;
}

export interface Tolerance {
  /** What it may rise over the second half of the run, as a part of its mean and in its own unit: the greater counts. */
  readonly part: number;
  readonly amount: number;
}

export interface Trend {
  readonly mean: number;
  readonly slope_per_hour: number;
  /** What the line through the second half rises from its beginning to its end. */
  readonly rise: number;
  readonly tolerated: number;
  /** Rises by more than is tolerated, and by more than it scatters around the line. */
  readonly grows: boolean;
}

/** Readings that a line through the half of them needs. */
export const fewestReadings = 6;

/** Standard errors of the slope that chance is given. */
const chance = 3;

/**
 * A line by least squares through the second half: the first half belongs to warming up.
 * @param readings in order of time, at least 6
 * @throws RangeError for fewer
 */
export function trendOf(readings: readonly Reading[], { part, amount }: Tolerance): Trend {
  if (readings.length < fewestReadings)
    throw new RangeError(`a trend needs at least ${fewestReadings} readings, got ${readings.length}`);
  const half = readings.slice(Math.floor(readings.length / 2));
  const { m: slope, b: start } = linearRegression(half.map(({ seconds, value }) => [seconds, value]));
  const centre = mean(half.map(({ seconds }) => seconds));
  const spread = half.reduce((sum, { seconds }) => sum + (seconds - centre) ** 2, 0);
  const residual = half.reduce((sum, { seconds, value }) => sum + (value - start - slope * seconds) ** 2, 0);
  const error = Math.sqrt(residual / (half.length - 2) / spread);
  const level = mean(half.map(({ value }) => value));
  const rise = slope * (half.at(-1)!.seconds - half[0]!.seconds);
  const tolerated = Math.max(amount, part * Math.abs(level));
  return {
    mean: level,
    slope_per_hour: slope * 3600,
    rise,
    tolerated,
    grows: rise > tolerated && slope > chance * error,
  };
}
