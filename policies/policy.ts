/**
 * A policy turns what is believed of the candidates into the probability of choosing each.
 *
 * It never samples: one place in the router draws from the distribution it returns, so the logged propensity is
 * exactly the number that was drawn from. It never sees features or metrics either: the router has already folded
 * beliefs, objective and prices into one utility per candidate.
 */

/** What a policy may look at. Every array has one entry per candidate, in the same order. */
export interface Candidates {
  /** Arm names, unique, length n ≥ 1. */
  readonly arms: readonly string[];
  /** Expected utility, in accuracy points; finite. */
  readonly mean: Float64Array;
  /** Posterior standard deviation of the expected utility, in accuracy points; finite, ≥ 0. */
  readonly deviation: Float64Array;
  /** Outcomes the router has learned from so far; drives schedules such as that of inverse-gap weighting. */
  readonly outcomes: number;
  /** Profiled accuracy in [0, 1] and energy in joules for the request's task; NaN where no profile speaks. */
  readonly profile: { readonly accuracy: Float64Array; readonly energy: Float64Array };
  /** Joules that this request may use under the energy budget of the current slot; Infinity without a budget. */
  readonly energyBudget: number;
}

export interface Policy {
  readonly name: string;
  /** Whether it looks at the profiles; one that doesn't may be given NaN for all of them. */
  readonly usesProfiles?: boolean;
  /**
   * The probability of every candidate.
   * @returns length n, entries ≥ 0, summing to 1 within 1e-12
   * @throws RangeError when lengths disagree, n is 0, or a mean or deviation is not finite
   */
  probabilities(candidates: Candidates): Float64Array;
}
