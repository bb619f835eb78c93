/**
 * One arm, always. A request whose constraints exclude that arm must still be served, so the rule then falls back to
 * the best of the candidates there are (`greedy`); refusing would turn a constraint of one caller into an outage.
 */
import type { Policy } from '../policy.js';
import { checkCandidates } from './check.js';
import { greedyProbabilities } from './greedy.js';

/** @param options.arm  name of the arm, not empty */
export function fixed(options: { readonly arm: string }): Policy {
  const { arm } = options;
  if (typeof arm !== 'string' || arm === '') {
    throw new RangeError(`arm of policy fixed must be the name of an arm, got ${JSON.stringify(arm)}`);
  }
  return {
    name: 'fixed',
    probabilities(candidates) {
      checkCandidates(candidates);
      const index = candidates.arms.indexOf(arm);
      if (index < 0) return greedyProbabilities(candidates.mean);
      const probabilities = new Float64Array(candidates.arms.length);
      probabilities[index] = 1;
      return probabilities;
    },
  };
}
