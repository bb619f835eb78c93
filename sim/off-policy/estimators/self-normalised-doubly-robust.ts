import { doublyRobust } from './doubly-robust.js';
import type { Sample, Terms } from './terms.js';

/**
 * Doubly robust with the correction divided by the mean weight: mean(Σ_a π·q̂) + Σ w·(r − q̂) / Σ w.
 * Thomas & Brunskill 2016, "Data-efficient off-policy policy evaluation for reinforcement learning", section 4, for
 * trajectories of length one.
 */
export const selfNormalisedDoublyRobust = (sample: Sample): Terms => ({
  ...doublyRobust(sample),
  denominator: sample.weights,
});
