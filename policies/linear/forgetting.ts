/**
 * Forgetting by epochs: outcomes are summed by the epoch of their decision, and epochs are weighed when a posterior is
 * formed, so that late outcomes land where they belong and order never matters. The prior and the ridge are no epoch
 * and are never discounted.
 */

/** Epochs per half-life: within one epoch nothing is told apart, so weights are right within 2^(1/8), 9 %. */
export const EPOCHS_PER_HALF_LIFE = 8;

/** 2^(−k/8) for k = 0 … 7, written out so that every engine weighs alike to the last bit. */
const ROOTS: readonly number[] = [
  1, 0.9170040432046712, 0.8408964152537145, 0.7711054127039704, 0.7071067811865476, 0.6484197773255048,
  0.5946035575013605, 0.5452538663326288,
];

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
  const age = Math.max(0, present - epoch);
  return ROOTS[age % EPOCHS_PER_HALF_LIFE]! * 2 ** -Math.floor(age / EPOCHS_PER_HALF_LIFE);
}
