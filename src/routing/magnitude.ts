/**
 * How large and how small the numbers of a declaration may be, so that whatever is reckoned from them stays finite. The
 * largest product is a squared level (metric · scale · a ratio of two list prices: 1e24 each, and 1e48) times 2²⁹ rows and
 * the square of an objective's weight: 1e250, below the 1.8e308 that float64 holds.
 */
export const leastMagnitude = 1e-24;
export const mostMagnitude = 1e24;

/** Sums of 2²⁹ rows over 1,024 features are rounded by up to 1e-4; a ridge below that would not hold the belief up. */
export const leastPrecision = 1e-3;
/** Outcomes that a prior counts as: with the most trust 1e9, which the least ridge still bears. */
export const mostPriorOutcomes = 1e6;
export const mostTrust = 1e3;
