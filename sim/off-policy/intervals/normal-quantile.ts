import { normalCdf } from '../../../policies/exploration/normal.js';

/**
 * z with Φ(z) = p, by bisection of Φ on [-8, 8], whose error of 2e-11 leaves z within 1e-9 for p in [0.001, 0.999].
 * simple-statistics' probit is off in the third digit.
 * @param p in (0, 1)
 */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`a probability lies between 0 and 1, got ${p}`);
  let low = -8;
  let high = 8;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
