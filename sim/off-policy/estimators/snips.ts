import type { Sample, Terms } from './terms.js';

/**
 * Self-normalised inverse propensity score: Σ w·r / Σ w. A bias of order 1/n buys independence of where the outcome's
 * zero lies, and an estimate that never leaves the range of the outcomes. Swaminathan & Joachims 2015, "The
 * self-normalized estimator for counterfactual learning", section 4.
 */
export const snips = ({ weights, rewards }: Pick<Sample, 'weights' | 'rewards'>): Terms => ({
  numerator: weights.map((w, i) => w * rewards[i]!),
  denominator: weights,
});
