/**
 * A circuit breaker per arm. An arm that fails several times in a row is held out for a while, then tried again; each
 * failure of a trial doubles the while, a success ends it. Time is an argument, in milliseconds since 1970.
 */
export interface BreakerOptions {
  /** Failures in a row that open the breaker, ≥ 1. */
  readonly failures: number;
  readonly cooldownMs: number;
}

export interface BreakerState {
  /** Failures since the last success. */
  readonly failures: number;
  /** Times it opened since the last success. */
  readonly openings: number;
  /** The arm is held out before this time. */
  readonly openUntil: number;
}

export const closedBreaker: BreakerState = { failures: 0, openings: 0, openUntil: 0 };

/** A cooldown grows to at most this many times the first one. */
const longest = 64;

export const isOpen = (state: BreakerState, now: number): boolean => now < state.openUntil;

export function afterFailure(state: BreakerState, options: BreakerOptions, now: number): BreakerState {
  // Requests that were under way when it opened say nothing new.
  if (isOpen(state, now)) return state;
  const failures = state.failures + 1;
  const onTrial = state.openings > 0;
  if (!onTrial && failures < options.failures) return { ...state, failures };
  const cooldown = options.cooldownMs * Math.min(longest, 2 ** state.openings);
  return { failures, openings: state.openings + 1, openUntil: now + cooldown };
}

/** A success while the arm is held out is of before it failed, and does not count. */
export const afterSuccess = (state: BreakerState, now: number): BreakerState =>
  isOpen(state, now) ? state : closedBreaker;
