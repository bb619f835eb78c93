import { Problem } from '../problem.js';
import type { NumberFeature } from '../spec.js';
import type { FeatureEncoder } from './encoder.js';
import { invalidContext, shown } from './invalid-context.js';

/**
 * Two slots. The first is the number clamped to [minimum, maximum] and mapped linearly to [-1, 1]. The second is 1 when the
 * request doesn't bring the number (the first is then 0), because 0 alone would be taken for the middle of the range.
 * @throws Problem 'invalid-router' unless minimum < maximum and both are finite
 */
export function numberEncoder(feature: NumberFeature): FeatureEncoder {
  const { name, minimum, maximum } = feature;
  const field = feature.from ?? name;
  // Halves are taken before the difference, so that a range as wide as all of float64 doesn't overflow.
  const middle = minimum / 2 + maximum / 2;
  const half = maximum / 2 - minimum / 2;
  if (!(half > 0 && Number.isFinite(half))) {
    throw new Problem('invalid-router', `feature ${name} must have minimum < maximum, got ${minimum} and ${maximum}`);
  }
  return {
    dimension: 2,
    labels: [name, `${name}=?`],
    encode(value, x, offset) {
      if (value === undefined) {
        x[offset + 1] = 1;
        return;
      }
      if (typeof value !== 'number' || !Number.isFinite(value)) {
        throw invalidContext(field, 'a finite number', shown(value));
      }
      const clamped = Math.min(maximum, Math.max(minimum, value));
      x[offset] = Math.min(1, Math.max(-1, (clamped - middle) / half));
    },
    warning(value) {
      if (typeof value !== 'number' || (value >= minimum && value <= maximum)) return undefined;
      return `context.${field} is ${value}, outside [${minimum}, ${maximum}] of ${name}; it is clamped`;
    },
  };
}
