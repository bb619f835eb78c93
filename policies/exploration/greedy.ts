/** The best candidate, always. */
import type { Policy } from '../policy.js';
import { checkCandidates } from './check.js';

/**
 * All probability on the largest score; exact ties share it evenly.
 * @param scores  length n ≥ 1, no NaN
 * @param probabilities where they are written, `scores` itself if that is needed no more; a new array by default
 * @returns length n, summing to 1
 */
export function greedyProbabilities(
  scores: Float64Array,
  probabilities = new Float64Array(scores.length),
): Float64Array {
  const n = scores.length;
  let best = -Infinity;
  let ties = 0;
  for (let i = 0; i < n; i++) {
    if (scores[i] > best) {
      best = scores[i];
      ties = 1;
    } else if (scores[i] === best) ties++;
  }
  for (let i = 0; i < n; i++) probabilities[i] = scores[i] === best ? 1 / ties : 0;
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
