/**
 * A circuit breaker per arm: closed, open, on trial. An arm that fails several times in a row (`failure-row.ts`) is held
 * out for a while, then one request may try it; a failure of the trial doubles the while, a success closes the breaker.
 * Outcomes come late, so each is judged by when its decision was made: what was under way when the breaker opened says
 * nothing new. Time is an argument, in milliseconds since 1970.
 */
export interface BreakerOptions {
  /** Failures in a row that open the breaker, ≥ 1; whoever counts them looks at it. */
  readonly failures: number;
  readonly cooldownMs: number;
}

/** Plain finite numbers, so that it can be stored as JSON and come back the same. */
export interface BreakerState {
  /** Times it opened since the last success; above 0 and not held out means that a trial is due. */
  readonly openings: number;
  /** The arm is held out before this time. */
  readonly openUntil: number;
  /** When a request was let through as a trial whose outcome is awaited; 0 without one. */
  readonly trialAt: number;
  /** Whether something was heard since that a failure would have said too. */
  readonly heard: boolean;
}

export const closedBreaker: BreakerState = { openings: 0, openUntil: 0, trialAt: 0, heard: false };

/** A cooldown grows to at most this many times the first one. */
const longest = 64;

export const isOpen = (state: BreakerState, now: number): boolean => now < state.openUntil;

/**
 * After the arm was chosen. While a trial is due the request is that trial: the arm is held out again until its outcome
 * comes, or until the cooldown has passed without one, so that a slow failure costs one request and not all of them. If
 * the trial before it was heard of and not failed by then, it went well.
 * @param now the time of the decision, the same that its outcome is later reported with as `decidedAt`
 */
export function afterChoice(state: BreakerState, options: BreakerOptions, now: number): BreakerState {
  if (state.openings === 0 || isOpen(state, now)) return state;
  if (state.heard) return closedBreaker;
  return { ...state, openUntil: now + cooldownOf(state.openings - 1, options), trialAt: now };
}

/**
 * After the failure that makes a row long enough, or after any while the breaker is not closed.
 * @param decidedAt when the decision was made that failed; by default just now
 */
export function afterFailure(state: BreakerState, options: BreakerOptions, now: number, decidedAt = now): BreakerState {
  if (isStale(state, decidedAt)) return state;
  const { openings } = state;
  return { openings: openings + 1, openUntil: now + cooldownOf(openings, options), trialAt: 0, heard: false };
}

/** After something that is told of failures too, such as a cost. @param decidedAt when the decision was made */
export const afterSign = (state: BreakerState, now: number, decidedAt = now): BreakerState =>
  state.openings === 0 || isStale(state, decidedAt) ? state : { ...state, heard: true };

/** @param decidedAt when the decision was made that succeeded; by default just now */
export const afterSuccess = (state: BreakerState, now: number, decidedAt = now): BreakerState =>
  isStale(state, decidedAt) ? state : closedBreaker;

const cooldownOf = (openings: number, { cooldownMs }: BreakerOptions): number =>
  cooldownMs * Math.min(longest, 2 ** openings);

/** Once open, only the trial speaks, or without one whatever was decided after the cooldown. */
const isStale = ({ openings, openUntil, trialAt }: BreakerState, decidedAt: number): boolean =>
  openings > 0 && decidedAt < (trialAt > 0 ? trialAt : openUntil);
