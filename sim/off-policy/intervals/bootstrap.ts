import { quantileSorted } from 'simple-statistics';

import type { Chance } from '../../random.js';
import type { Terms } from '../estimators/terms.js';
import { checkConfidence, type Interval } from './interval.js';

/** Additions that one interval may take: bounds the replicates of a very long log. */
const mostWork = 4e8;
const leastReplicates = 200;

/**
 * Percentile bootstrap over rounds: the middle share of the values of replicates drawn with replacement. Efron & Tibshirani
 * 1993, An Introduction to the Bootstrap, section 13.3. Less tied to symmetry than the normal interval; like it, it knows
 * nothing of rounds that would carry a large weight and were not logged. The model behind q̂ is not fitted anew.
 * @param chance seeded, so that the same log gives the same interval
 */
export function bootstrapInterval(terms: Terms, confidence: number, chance: Chance, replicates = 1000): Interval {
  checkConfidence(confidence);
  const n = terms.numerator.length;
  const count = Math.max(leastReplicates, Math.min(replicates, Math.floor(mostWork / n)));
  const values: number[] = [];
  for (let b = 0; b < count; b++) {
    const value = replicate(terms, chance);
    if (Number.isFinite(value)) values.push(value);
  }
  if (values.length < count / 2) return { low: -Infinity, high: Infinity };
  values.sort((a, b) => a - b);
  const tail = (1 - confidence) / 2;
  return { low: quantileSorted(values, tail), high: quantileSorted(values, 1 - tail) };
}

/** NaN where no resampled round has any weight. */
function replicate({ offset, numerator, denominator }: Terms, chance: Chance): number {
  const n = numerator.length;
  let [offsets, above, below] = [0, 0, 0];
  for (let k = 0; k < n; k++) {
    const i = chance.below(n);
    if (offset) offsets += offset[i]!;
    above += numerator[i]!;
    below += denominator ? denominator[i]! : 1;
  }
  return offsets / n + above / below;
}
