/**
 * What ParetoBandit published of itself on these data (ParetoBandit/ParetoBandit 72ccbef, Apache-2.0): reward and use of
 * the budget, use being mean cost over ceiling.
 */
export interface Published {
  readonly budget: number;
  /** Per phase; one entry where there are none. */
  readonly reward: readonly number[];
  readonly use: readonly number[];
}

const row = (budget: number, reward: readonly number[], use: readonly number[]): Published => ({ budget, reward, use });

export const experiment1: readonly Published[] = [
  row(2.929e-5, [0.793], [0.98]),
  row(8.288e-5, [0.813], [1]),
  row(2.345e-4, [0.859], [1]),
  row(6.637e-4, [0.898], [0.98]),
  row(1.878e-3, [0.917], [0.91]),
  row(5.314e-3, [0.924], [0.89]),
  row(1.504e-2, [0.929], [0.74]),
];

export const experiment2: readonly Published[] = [
  row(3e-4, [0.862, 0.933, 0.854], [1.01, 0.95, 1.04]),
  row(6.62e-4, [0.882, 0.926, 0.891], [0.99, 0.65, 1]),
  row(1.87e-3, [0.909, 0.928, 0.912], [0.96, 0.23, 0.95]),
];

/** Use was not published. */
export const experiment3: readonly Published[] = [
  row(3e-4, [0.863, 0.8, 0.818], []),
  row(6.62e-4, [0.885, 0.795, 0.863], []),
  row(1.87e-3, [0.91, 0.794, 0.898], []),
];

/** Best fixed policy per task in hindsight, by budget of experiment 1. */
export const hindsight: readonly number[] = [0.793, 0.827, 0.882, 0.923, 0.93, 0.934, 0.939];

/** Cumulative regret on test from a cold start without a budget: theirs seeded, theirs cold, and choosing at random. */
export const coldRegret = { seeded: 55, cold: 87, random: 146.5 } as const;
