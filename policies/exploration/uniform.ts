/** Every candidate alike: the yardstick, and the cleanest log for evaluating others. */
import type { Policy } from '../policy.js';
import { checkCandidates } from './check.js';

export function uniform(): Policy {
  return {
    name: 'uniform',
    probabilities(candidates) {
      checkCandidates(candidates);
      const n = candidates.arms.length;
      return new Float64Array(n).fill(1 / n);
    },
  };
}
