/** Optimism in the face of uncertainty: choose what could plausibly be best. */
import type { Policy } from '../policy.js';
import { checkCandidates, checkOption } from './check.js';
import { greedyProbabilities } from './greedy.js';

/**
 * One-hot on the largest upper confidence bound mean + width·deviation; exact ties share evenly.
 * Li, Chu, Langford and Schapire 2010, "A contextual-bandit approach to personalized news article recommendation",
 * Algorithm 1 (their α is the width).
 * @param mean       length n ≥ 1, accuracy points
 * @param deviation  length n, accuracy points
 * @param width      α ≥ 0, deviations
 */
export function optimismProbabilities(mean: Float64Array, deviation: Float64Array, width: number): Float64Array {
  const bound = new Float64Array(mean.length);
  for (let i = 0; i < bound.length; i++) bound[i] = mean[i] + width * deviation[i];
  return greedyProbabilities(bound, bound);
}

/** @param options.width  deviations above the mean, ≥ 0; default 1.5, measured in `src/routing/README.md` */
export function linucb(options: { readonly width?: number } = {}): Policy {
  const width = checkOption('linucb', 'width', options.width ?? 1.5, 0);
  return {
    name: 'linucb',
    probabilities(candidates) {
      checkCandidates(candidates);
      return optimismProbabilities(candidates.mean, candidates.deviation, width);
    },
  };
}
