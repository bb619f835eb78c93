/** The best candidate, except for a fixed share of requests that is spread evenly. */
import type { Policy } from '../policy.js';
import { checkCandidates, checkOption } from './check.js';
import { greedyProbabilities } from './greedy.js';

/**
 * p_i = ε/n + (1 − ε)·[i is best], ties for best sharing evenly.
 * @param scores   length n ≥ 1, no NaN
 * @param epsilon  ε in [0, 1]
 */
export function epsilonGreedyProbabilities(scores: Float64Array, epsilon: number): Float64Array {
  const probabilities = greedyProbabilities(scores);
  const n = probabilities.length;
  for (let i = 0; i < n; i++) probabilities[i] = epsilon / n + (1 - epsilon) * probabilities[i];
  return probabilities;
}

/** @param options.epsilon  share of requests that explore, in [0, 1]; default 0.05 */
export function epsilonGreedy(options: { readonly epsilon?: number } = {}): Policy {
  const epsilon = checkOption('epsilon-greedy', 'epsilon', options.epsilon ?? 0.05, 0, 1);
  return {
    name: 'epsilon-greedy',
    probabilities(candidates) {
      checkCandidates(candidates);
      return epsilonGreedyProbabilities(candidates.mean, epsilon);
    },
  };
}
