/** The common level of a metric: where the belief in an arm that nobody measured yet is pulled to. */
import { MOMENT_RADIX, type Statistics } from './statistics.js';

/**
 * Σ y / n over all the given rows, in the metric's unit; 0 without rows. x[0] = 1 makes Σ y the first entry of Σ x·y.
 * @param statistics of any arms and epochs
 * @param targetScale of the metric's target grid
 */
export function pooledMean(statistics: Iterable<Statistics>, targetScale: number): number {
  let sum = 0;
  let count = 0;
  for (const cell of statistics) {
    sum += cell.momentHigh[0]! + cell.momentLow[0]! / MOMENT_RADIX;
    count += cell.count;
  }
  return count === 0 ? 0 : (sum / count) * targetScale;
}
