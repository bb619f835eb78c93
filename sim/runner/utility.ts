import type { Objective } from '../../src/routing/spec.js';
import type { ArmOutcomes } from '../worlds/world.js';

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
