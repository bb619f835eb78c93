import type { Objective } from '../../src/routing/spec.js';
import type { ArmOutcomes, Step } from '../worlds/world.js';

/**
 * Σ weight · outcome of one arm, in accuracy points; a metric that nobody measured counts as 0. NaN for an arm of which
 * nothing was measured: it cannot serve.
 */
export function applyObjective(objective: Objective, outcomes: ArmOutcomes, arm: number): number {
  let utility = 0;
  let known = false;
  for (const metric in objective) {
    const value = outcomes[metric]?.[arm] ?? NaN;
    if (Number.isNaN(value)) continue;
    utility += objective[metric]! * value;
    known = true;
  }
  return known ? utility : NaN;
}

/** What the best arm that is there is worth on average. */
export function bestUtility(objective: Objective, step: Step, arms: readonly string[]): number {
  const expected = step.expected ?? step.outcomes;
  let best = -Infinity;
  for (let k = 0; k < arms.length; k++) {
    if (step.present !== undefined && !step.present.includes(arms[k]!)) continue;
    const value = applyObjective(objective, expected, k);
    if (value > best) best = value;
  }
  return best;
}
