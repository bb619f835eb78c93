import type { Objective } from '../../src/routing/spec.js';
import type { ArmOutcomes } from '../worlds/world.js';

/** Σ weight · outcome of one arm, in accuracy points; a metric that nobody measured counts as 0. */
export function applyObjective(objective: Objective, outcomes: ArmOutcomes, arm: number): number {
  let utility = 0;
  for (const metric in objective) {
    const value = outcomes[metric]?.[arm] ?? 0;
    if (!Number.isNaN(value)) utility += objective[metric]! * value;
  }
  return utility;
}
