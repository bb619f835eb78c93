/** Thompson sampling with its probabilities computed instead of drawn. */
import type { Policy } from '../policy.js';
import { bestOfGaussians } from './best-of-gaussians.js';
import { checkCandidates, checkOption } from './check.js';

/**
 * The exact probability that a draw from N(mean_i, (width·deviation_i)²) is the largest, independently over candidates:
 * what Thompson sampling would choose i with. Agrawal and Goyal 2013, "Thompson sampling for contextual bandits with
 * linear payoffs", Algorithm 1 (their v is the width); arms are independent given x, so no d-dimensional draw is
 * needed. Absolute error below 1e-6, see `best-of-gaussians.ts`.
 * @param options.width  factor on the deviations, in [0, 1e6]; default 1; 0 is greedy
 */
export function thompson(options: { readonly width?: number } = {}): Policy {
  const width = checkOption('thompson', 'width', options.width ?? 1, 0, 1e6);
  const probabilityOfBest = bestOfGaussians(width);
  return {
    name: 'thompson',
    probabilities(candidates) {
      checkCandidates(candidates);
      return probabilityOfBest(candidates.mean, candidates.deviation);
    },
  };
}
