/**
 * Inverse-gap weighting (SquareCB): a candidate is tried the less, the further its mean lies behind the best.
 * Foster and Rakhlin 2020, "Beyond UCB: optimal and efficient contextual bandits with regression oracles", Algorithm 1;
 * the schedule γ = gamma·outcomes^exponent is Vowpal Wabbit's.
 */
import type { Policy } from '../policy.js';
import { checkCandidates, checkOption } from './check.js';

/**
 * p_i = 1 / (n + γ·(best − mean_i)) for all but the best, which get the remainder (shared evenly by exact ties).
 * @param mean   length n ≥ 1, higher is better
 * @param gamma  γ ≥ 0, per accuracy point; 0 is uniform, ∞ is greedy
 * @returns length n, summing to 1
 */
export function inverseGapProbabilities(mean: Float64Array, gamma: number): Float64Array {
  const n = mean.length;
  let best = -Infinity;
  for (let i = 0; i < n; i++) if (mean[i] > best) best = mean[i];
  const probabilities = new Float64Array(n);
  let given = 0;
  let ties = 0;
  for (let i = 0; i < n; i++) {
    if (mean[i] === best) ties++;
    else given += probabilities[i] = 1 / (n + gamma * (best - mean[i]));
  }
  for (let i = 0; i < n; i++) if (mean[i] === best) probabilities[i] = (1 - given) / ties;
  return probabilities;
}

/** The same for costs, where lower is better. */
export function inverseGapProbabilitiesOfCosts(costs: Float64Array, gamma: number): Float64Array {
  return inverseGapProbabilities(
    costs.map((cost) => -cost),
    gamma,
  );
}

/**
 * @param options.gamma     scale of γ, > 0, per accuracy point; default 10
 * @param options.exponent  growth of γ with the number of outcomes, in [0, 1]; default 0.5
 */
export function inverseGap(options: { readonly gamma?: number; readonly exponent?: number } = {}): Policy {
  const gamma = checkOption('inverse-gap', 'gamma', options.gamma ?? 10, Number.MIN_VALUE);
  const exponent = checkOption('inverse-gap', 'exponent', options.exponent ?? 0.5, 0, 1);
  return {
    name: 'inverse-gap',
    probabilities(candidates) {
      checkCandidates(candidates);
      return inverseGapProbabilities(candidates.mean, gamma * candidates.outcomes ** exponent);
    },
  };
}
