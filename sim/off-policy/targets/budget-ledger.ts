/** The budgets of a policy that is only imagined: charged with what it is expected to spend, for it never gets a bill. */
import type { DecisionConditions } from '../../../src/routing/decision.js';
import { allowanceOf, ceilingOf, charge, openBudget, priceOf, type BudgetState } from '../../../src/routing/budget.js';
import type { Predictions } from '../../../src/routing/predict.js';
import type { Router } from '../../../src/routing/router.js';

export class BudgetLedger {
  private states: BudgetState[] | undefined;

  constructor(private readonly router: Router) {}

  private get budgets() {
    return this.router.spec.budgets ?? [];
  }

  /** How the budgets stand at `now`, in milliseconds since 1970. */
  conditions(now: number): DecisionConditions {
    const states = (this.states ??= this.budgets.map((budget) => openBudget(budget, now)));
    return {
      prices: this.budgets.map((budget, b) => priceOf(budget, states[b]!)),
      ceilings: this.budgets.map((budget, b) => ceilingOf(budget, states[b]!)),
      allowances: this.budgets.map((budget, b) => allowanceOf(budget, states[b]!, now)),
      broken: [],
    };
  }

  /** @param chances of the eligible arms: what is charged is the mean over them */
  charge({ means }: Predictions, eligible: readonly number[], chances: Float64Array, now: number): void {
    this.states = this.budgets.map((budget, b) => {
      const first = this.router.metricNames.indexOf(budget.metric) * this.router.arms.length;
      const spend = eligible.reduce((sum, arm, i) => sum + chances[i]! * Math.max(0, means[first + arm]!), 0);
      return charge(budget, this.states![b]!, spend, now);
    });
  }
}
