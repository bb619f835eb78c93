/**
 * The static selector: measured profiles and nothing else. Of the arms that no other beats in accuracy and energy at
 * once, it takes the most accurate one that the energy budget of the current slot allows.
 */
import type { Policy } from './policy.js';
import { checkCandidates } from './exploration/check.js';
import { greedyProbabilities } from './exploration/greedy.js';

/**
 * Which arms are on the accuracy–energy front: those that no arm dominates. One arm dominates another when it is at
 * least as accurate, uses no more energy, and is strictly better in one of the two; equal arms stay together.
 * @param accuracy  length n, in [0, 1]; NaN where no profile speaks
 * @param energy    length n, joules per request; NaN where no profile speaks
 * @returns length n, 1 on the front, 0 off it; an arm with a NaN is never on it
 */
export function paretoFront(accuracy: Float64Array, energy: Float64Array): Uint8Array {
  const n = accuracy.length;
  const front = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    if (Number.isNaN(accuracy[i]) || Number.isNaN(energy[i])) continue;
    front[i] = 1;
    for (let j = 0; j < n && front[i] === 1; j++) {
      const noWorse = accuracy[j] >= accuracy[i] && energy[j] <= energy[i];
      if (noWorse && (accuracy[j] > accuracy[i] || energy[j] < energy[i])) front[i] = 0;
    }
  }
  return front;
}

/**
 * One-hot on the most accurate arm of the front whose energy is at most the budget; on the least energy if none fits.
 * Arms of equal profile share evenly. Arms without a profile are never chosen, unless no arm has one: then uniform.
 * @param accuracy      length n ≥ 1, in [0, 1]; NaN where no profile speaks
 * @param energy        length n, joules per request; NaN where no profile speaks
 * @param energyBudget  joules this request may use; Infinity without a budget
 */
export function profileProbabilities(accuracy: Float64Array, energy: Float64Array, energyBudget: number): Float64Array {
  const front = paretoFront(accuracy, energy);
  if (!front.includes(1)) return new Float64Array(front.length).fill(1 / front.length);
  const fits = (i: number) => front[i] === 1 && energy[i] <= energyBudget;
  if (accuracy.some((_, i) => fits(i))) return greedyProbabilities(accuracy.map((a, i) => (fits(i) ? a : -Infinity)));
  return greedyProbabilities(energy.map((e, i) => (front[i] === 1 ? -e : -Infinity)));
}

export function profile(): Policy {
  return {
    name: 'profile',
    usesProfiles: true,
    probabilities(candidates) {
      checkCandidates(candidates);
      return profileProbabilities(candidates.profile.accuracy, candidates.profile.energy, candidates.energyBudget);
    },
  };
}
