import { describe, expect, it } from 'vitest';

import { armsOf, roundsOf } from '../../../src/runtime/logged-rounds.js';
import type { OutcomeRow } from '../../../src/routing/outcome.js';
import type { Decision } from '../../../src/routing/decide.js';
import { ask, routerOf, rowsFor, viewOf } from '../../support/routing.js';

const router = routerOf({ budgets: [{ metric: 'cost_usd', per_request: 1 }] });
const view = viewOf(router);
const decided = () => ask(view);
const pageOf = (decision: Decision, outcomes: readonly OutcomeRow[] = []) => ({
  decisions: [decision.logged],
  outcomes,
});

describe('logged rounds', () => {
  it('join a decision with what came of it', () => {
    const decision = decided();
    const outcomes = rowsFor(router, decision, { accuracy: 1, energy_j: 5 });
    const [round] = roundsOf(router.arms, pageOf(decision, outcomes), 7);
    expect(round).toMatchObject({
      line: 7,
      propensity: decision.logged.propensity,
      outcomes: { accuracy: 1, energy_j: 5 },
    });
    expect(router.arms[round!.arm]).toBe(decision.logged.arm);
    expect([...round!.probabilities!]).toEqual([...decision.logged.probabilities]);
  });

  it('leave out outcomes of an arm that served in place of the chosen one', () => {
    const decision = decided();
    const outcomes = rowsFor(router, decision, { accuracy: 1 }).map((row) => ({ ...row, arm: 'another' }));
    expect(roundsOf(router.arms, pageOf(decision, outcomes), 1)[0]!.outcomes).toEqual({});
  });

  it('let a target choose what only the budget of the logged policy held back', () => {
    const denied = ask(view, { constraints: { deny: ['small'] } });
    const excluded = [{ arm: 'small', reason: "expected cost_usd 2 is more than the budget's bucket holds now, 1" }];
    const held = { ...denied, logged: { ...denied.logged, excluded } };
    expect(roundsOf(router.arms, pageOf(denied), 1)[0]!.eligible).toEqual([1]);
    expect(roundsOf(router.arms, pageOf(held), 1)[0]!.eligible).toEqual([1, 0]);
  });

  it('know arms that the router no longer has', () => {
    const decision = decided();
    expect(armsOf(['large', 'new'], [decision.logged])).toEqual(['large', 'new', 'small']);
  });
});
