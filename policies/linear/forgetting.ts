/**
 * Forgetting by epochs: outcomes are summed by the epoch of their decision, and epochs are weighed when a posterior is
 * formed, so that late outcomes land where they belong and order never matters. The prior and the ridge are no epoch
 * and are never discounted.
 */
import { halved } from './halving.js';

/** Epochs per half-life: within one epoch nothing is told apart, so weights are right within 2^(1/8), 9 %. */
export const EPOCHS_PER_HALF_LIFE = 8;

/**
 * Epochs for which evidence is remembered: forty half-lives. What is older weighs less than 2⁻⁴⁰, a millionth of an outcome
 * for a million of them, and counts as nothing.
 */
export const REMEMBERED_EPOCHS = 40 * EPOCHS_PER_HALF_LIFE;

/**
 * The epoch that a decision belongs to.
 * @param time of the decision, milliseconds since 1970
 * @param halfLife of evidence in milliseconds, > 0; without it everything is one epoch, 0
 * @throws RangeError when the time is not finite or the half-life not positive
 */
export function epochOf(time: number, halfLife?: number): number {
  if (!Number.isFinite(time)) throw new RangeError(`the time of a decision must be finite, got ${time}`);
  if (halfLife === undefined) return 0;
  if (!(halfLife > 0 && halfLife < Infinity)) {
    throw new RangeError(`a half-life must be positive and finite, got ${halfLife} ms`);
  }
  return Math.floor(time / (halfLife / EPOCHS_PER_HALF_LIFE));
}

/**
 * What an epoch's evidence counts for, seen from another: 2^(−age/8), and 1 for the present and what lies ahead.
 * @param epoch an integer, from {@link epochOf}
 * @param present the epoch that the posterior is formed in
 */
export function epochWeight(epoch: number, present: number): number {
  return halved(Math.max(0, present - epoch) / EPOCHS_PER_HALF_LIFE);
}
