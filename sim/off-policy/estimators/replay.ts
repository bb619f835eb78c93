import type { Sample, Terms } from './terms.js';

/**
 * Which logged rounds a target is taken to have made itself: those with u < w/M, so that the accepted rounds are
 * distributed as if the target had chosen. With a uniform log and a deterministic target these are the rounds where it
 * agrees with the log. Li, Chu, Langford & Wang 2011, "Unbiased offline evaluation of contextual-bandit-based news article
 * recommendation algorithms", section 3; for any known propensities Mandel et al. 2016, "Offline evaluation of online
 * reinforcement learning algorithms", section 4.
 * @param weights w, length n
 * @param bound   M ≥ every weight; one for all rounds, or contexts with large weights would be accepted less
 * @param draws   u, uniform in [0, 1), length n
 * @returns 1 accepted, 0 not; length n
 */
export function acceptedRounds(weights: Float64Array, bound: number, draws: Float64Array): Uint8Array {
  if (!(bound >= 0 && bound < Infinity)) throw new RangeError(`the bound of the weights must be finite, got ${bound}`);
  return Uint8Array.from(weights, (w, i) => (accepts(w, bound, draws[i]!) ? 1 : 0));
}

export const accepts = (weight: number, bound: number, draw: number): boolean => draw * bound < weight;

/** The mean outcome of the accepted rounds. */
export const replay = ({ rewards }: Pick<Sample, 'rewards'>, accepted: Uint8Array): Terms => ({
  numerator: rewards.map((r, i) => accepted[i]! * r),
  denominator: Float64Array.from(accepted),
});
