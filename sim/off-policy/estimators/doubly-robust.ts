import type { Sample, Terms } from './terms.js';

/**
 * Doubly robust: mean(Σ_a π(a|x)·q̂(x, a) + w·(r − q̂(x, a))). Unbiased whatever the model says where the propensities are
 * right, and the better the model the smaller the variance. Dudík, Langford & Li 2011, "Doubly robust policy evaluation
 * and learning", section 3; the model must not have seen the round it corrects (Chernozhukov et al. 2018, "Double/debiased
 * machine learning", definition 3.2), which is why `outcome-model.ts` fits by folds.
 * @param weights those to correct with; the sample's own by default, transformed ones for the variants
 */
export const doublyRobust = ({ direct, rewards, predicted, weights: own }: Sample, weights = own): Terms => ({
  offset: direct,
  numerator: weights.map((w, i) => w * (rewards[i]! - predicted[i]!)),
});
