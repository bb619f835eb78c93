import { describe, expect, it } from 'vitest';

import {
  afterChoice,
  afterFailure,
  afterSign,
  afterSuccess,
  closedBreaker,
  isOpen,
  type BreakerState,
} from '../../../src/routing/breaker.js';

const options = { failures: 3, cooldownMs: 1000 };
const start = 1_000_000;

/** After the failure that was one too many. */
const opened = (): BreakerState => afterFailure(closedBreaker, options, start);

/** Opened at `start`, and the trial let through as soon as it may be. */
function onTrial(): BreakerState {
  return afterChoice(opened(), options, start + 1000);
}

describe('the circuit breaker', () => {
  it('holds the arm out for the cooldown and then lets exactly one request through', () => {
    const state = opened();
    expect(isOpen(state, start + 999)).toBe(true);
    expect(isOpen(state, start + 1000)).toBe(false);
    expect(isOpen(onTrial(), start + 1000)).toBe(true);
  });

  it('closes when the trial succeeds', () => {
    expect(afterSuccess(onTrial(), start + 1100, start + 1000)).toBe(closedBreaker);
  });

  it('doubles the cooldown with each trial that fails, up to 64 times the first', () => {
    let state = opened();
    let now = start;
    const cooldowns: number[] = [];
    for (let k = 0; k < 9; k++) {
      cooldowns.push(state.openUntil - now);
      now = state.openUntil;
      state = afterFailure(afterChoice(state, options, now), options, now, now);
    }
    expect(cooldowns).toEqual([1, 2, 4, 8, 16, 32, 64, 64, 64].map((times) => 1000 * times));
  });

  it('lets another trial through when the outcome of the last one never comes', () => {
    const lost = onTrial();
    expect(isOpen(lost, start + 1999)).toBe(true);
    expect(isOpen(lost, start + 2000)).toBe(false);
    expect(afterSuccess(afterChoice(lost, options, start + 2000), start + 2001, start + 2000)).toBe(closedBreaker);
  });

  it('closes when the time of a trial is up that was heard of and not failed, and not before', () => {
    const heard = afterSign(onTrial(), start + 1100, start + 1000);
    expect(isOpen(heard, start + 1999)).toBe(true);
    expect(isOpen(heard, start + 2000)).toBe(false);
    expect(afterChoice(heard, options, start + 2000)).toBe(closedBreaker);
    const failed = afterFailure(heard, options, start + 1200, start + 1000);
    expect(failed).toEqual(afterFailure(onTrial(), options, start + 1200, start + 1000));
    expect(isOpen(afterChoice(failed, options, start + 3200), start + 3200)).toBe(true);
  });

  it('ignores outcomes of decisions that were under way when it opened', () => {
    const open = opened();
    expect(afterFailure(open, options, start + 10)).toBe(open);
    expect(afterSuccess(open, start + 10)).toBe(open);
    expect(afterSign(open, start + 10)).toBe(open);
    const trial = onTrial();
    expect(afterFailure(trial, options, start + 1100, start - 5)).toBe(trial);
    expect(afterSuccess(trial, start + 1100, start - 5)).toBe(trial);
  });

  it('counts an outcome after the cooldown as the trial where choices are not reported', () => {
    const open = opened();
    expect(afterSuccess(open, start + 1000)).toBe(closedBreaker);
    expect(isOpen(afterFailure(open, options, start + 1000), start + 2999)).toBe(true);
  });

  it('leaves a closed breaker alone when its arm is chosen', () => {
    expect(afterChoice(closedBreaker, options, start)).toBe(closedBreaker);
  });

  it('comes back the same from JSON', () => {
    expect(JSON.parse(JSON.stringify(onTrial()))).toEqual(onTrial());
  });
});
