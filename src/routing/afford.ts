/** What budgets do to a decision beyond their prices: who is too dear right now, and how far exploration is paid for. */
import { withAffordableFloor, type ExplorationBudget } from '../../policies/exploration/affordable-floor.js';
import { withFloor } from '../../policies/exploration/floor.js';
import type { CandidateAnswer } from './candidates.js';
import type { DecisionConditions } from './decision.js';
import type { Predictions } from './predict.js';
import type { Router } from './router.js';
import type { View } from './view.js';

/** The floor may add this share of a budget's ceiling to the spend of the policy's own choice. */
export const explorationShare = 0.02;

/** Leaves out arms whose expected spend is more than a budget's bucket holds; if that is every arm, the cheapest stay. */
export function affordableArms(
  { router }: View,
  { allowances }: DecisionConditions,
  { means }: Predictions,
  found: CandidateAnswer,
): CandidateAnswer {
  const { budgets } = router.spec;
  if (!budgets?.length) return found;
  const excess = (arm: number): number =>
    Math.max(...budgets.map((_, b) => spendOf(router, means, b, arm) - allowances[b]));
  const eligible = found.eligible.filter((arm) => excess(arm) <= 0);
  if (eligible.length === found.eligible.length) return found;
  const kept = eligible.length > 0 ? eligible : cheapest(router, means, found.eligible);
  const reasons = found.reasons.slice();
  for (const arm of found.eligible) {
    if (!kept.includes(arm)) reasons[arm] = tooDear(router, allowances, means, arm);
  }
  return { ...found, eligible: kept, reasons };
}

/** The policy's distribution lifted to the floor, which yields where a budget could not pay for it. */
export function floorUnderBudgets(
  { router }: View,
  { ceilings }: DecisionConditions,
  { means }: Predictions,
  eligible: readonly number[],
  wanted: Float64Array,
): Float64Array {
  const { budgets } = router.spec;
  const { floor } = router.settings;
  if (!budgets?.length) return withFloor(wanted, floor);
  const exploring = budgets.map((_, b): ExplorationBudget => ({
    expectedSpend: Float64Array.from(eligible, (arm) => spendOf(router, means, b, arm)),
    allowance: explorationShare * ceilings[b],
  }));
  return withAffordableFloor(wanted, floor, exploring);
}

/** Expected spend of an arm against a budget, ≥ 0. */
function spendOf(router: Router, means: Float64Array, budget: number, arm: number): number {
  const { metric } = router.spec.budgets![budget];
  return Math.max(0, means[router.metricNames.indexOf(metric) * router.arms.length + arm]);
}

/** Those with the least spend against the first budget that tells them apart. */
function cheapest(router: Router, means: Float64Array, arms: readonly number[]): number[] {
  let kept = [...arms];
  router.spec.budgets!.forEach((_, b) => {
    const least = Math.min(...kept.map((arm) => spendOf(router, means, b, arm)));
    kept = kept.filter((arm) => spendOf(router, means, b, arm) === least);
  });
  return kept;
}

const heldBackWords = "more than the budget's bucket holds";

/** Whether an arm was excluded for its budget alone. @param reason as logged */
export const isTooDear = (reason: string): boolean => reason.includes(heldBackWords);

function tooDear(router: Router, allowances: readonly number[], means: Float64Array, arm: number): string {
  const b = router.spec.budgets!.findIndex((_, i) => spendOf(router, means, i, arm) > allowances[i]);
  const { metric } = router.spec.budgets![Math.max(0, b)];
  const [spend, left] = [spendOf(router, means, Math.max(0, b), arm), allowances[Math.max(0, b)]].map((value) =>
    Number(value.toPrecision(4)),
  );
  return `expected ${metric} ${spend} is ${heldBackWords} now, ${left}`;
}
