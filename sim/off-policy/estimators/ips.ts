import type { Sample, Terms } from './terms.js';

/**
 * Inverse propensity score: mean(w·r). Unbiased where every arm that the target chooses could be logged; its variance
 * grows with the weights. Horvitz & Thompson 1952, "A generalization of sampling without replacement from a finite
 * universe", section 2.
 */
export const ips = ({ weights, rewards }: Pick<Sample, 'weights' | 'rewards'>): Terms => ({
  numerator: weights.map((w, i) => w * rewards[i]!),
});

/**
 * What one logged round says of every arm: r/p for the arm that was chosen, 0 for the others.
 * @param arm index of the chosen arm
 * @param propensity p in (0, 1]
 * @returns length `arms`
 */
export function ipsRewards(arms: number, arm: number, reward: number, propensity: number): Float64Array {
  if (!(propensity > 0 && propensity <= 1)) throw new RangeError(`a propensity lies in (0, 1], got ${propensity}`);
  if (!(arm >= 0 && arm < arms)) throw new RangeError(`expected the index of one of ${arms} arms, got ${arm}`);
  const rewards = new Float64Array(arms);
  rewards[arm] = reward / propensity;
  return rewards;
}
