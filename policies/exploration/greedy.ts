/** The best candidate, always. */
import type { Policy } from '../policy.js';
import { checkCandidates } from './check.js';

/**
 * All probability on the largest score; exact ties share it evenly.
 * @param scores  length n ≥ 1, no NaN
 * @returns length n, summing to 1
 */
export function greedyProbabilities(scores: Float64Array): Float64Array {
  const n = scores.length;
  let best = -Infinity;
  let ties = 0;
  for (let i = 0; i < n; i++) {
    if (scores[i] > best) {
      best = scores[i];
      ties = 1;
    } else if (scores[i] === best) ties++;
  }
  const probabilities = new Float64Array(n);
  for (let i = 0; i < n; i++) if (scores[i] === best) probabilities[i] = 1 / ties;
  return probabilities;
}

export function greedy(): Policy {
  return {
    name: 'greedy',
    probabilities(candidates) {
      checkCandidates(candidates);
      return greedyProbabilities(candidates.mean);
    },
  };
}
