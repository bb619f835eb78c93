/**
 * What decisions of this process depend on beside the statistics: how budgets stand, and which arms are broken. It moves
 * with every decision and outcome; a decision is given a copy, which is logged.
 */
import { Breakers } from './breakers.js';
import { allowanceOf, ceilingOf, charge, openBudget, priceOf, settle, type BudgetState } from './budget.js';
import type { Decision } from './decide.js';
import type { DecisionConditions } from './decision.js';
import type { OutcomeRow } from './outcome.js';
import type { Router } from './router.js';
import type { Budget } from './spec.js';

/** Decisions whose bill is remembered as open; older ones are settled as expected. */
const mostOpenBills = 100_000;

/** One object for all decisions that no budget and no breaker bears on: the log tells by it that they have it in common. */
const nothing: DecisionConditions = Object.freeze({ prices: [], ceilings: [], allowances: [], broken: [] });

/** Budgets by name, as they are kept across restarts. */
export type SavedBudgets = Readonly<Record<string, BudgetState>>;

export class Conditions {
  private budgets: BudgetState[];
  private readonly breakers = new Breakers();
  /** Expected spend against each budget, by decision. */
  private readonly bills = new Map<string, Float64Array>();

  constructor(
    private router: Router,
    now: number,
    saved: SavedBudgets = {},
  ) {
    this.budgets = this.declared.map((budget) => saved[budgetName(budget)] ?? openBudget(budget, now));
  }

  private get declared(): readonly Budget[] {
    return this.router.spec.budgets ?? [];
  }

  /** As they stand at `now`. */
  at(now: number): DecisionConditions {
    if (this.declared.length === 0 && this.breakers.allClosed) return nothing;
    return {
      prices: this.declared.map((budget, b) => priceOf(budget, this.budgets[b])),
      ceilings: this.declared.map((budget, b) => ceilingOf(budget, this.budgets[b])),
      allowances: this.declared.map((budget, b) => allowanceOf(budget, this.budgets[b], now)),
      broken: this.breakers.openAt(now),
    };
  }

  decided({ logged, expected }: Decision, now: number): void {
    this.breakers.chosen(logged.arm, logged.id, this.router.settings.breaker);
    if (this.declared.length === 0) return;
    const bill = Float64Array.from(this.declared, ({ metric }) =>
      Math.max(0, expected[this.router.metricNames.indexOf(metric)]),
    );
    this.budgets = this.declared.map((budget, b) => charge(budget, this.budgets[b], bill[b], now));
    this.bills.set(logged.id, bill);
    if (this.bills.size > mostOpenBills) this.bills.delete(this.bills.keys().next().value!);
  }

  /** @param rows outcomes that were taken in, each once */
  learned(rows: readonly OutcomeRow[], now: number): void {
    this.breakers.learned(rows, this.router.settings.breaker, now);
    this.settled(rows);
  }

  /** Settles the bills of decisions that were made here. @param rows outcomes that anybody took in, each once */
  settled(rows: readonly OutcomeRow[]): void {
    if (this.bills.size > 0) for (const row of rows) this.settleBill(row);
  }

  /** Moves a budget as others say it stands. @param name of a budget; one that is not declared any more is let be */
  adjust(name: string, change: (budget: Budget, state: BudgetState) => BudgetState): void {
    const b = this.declared.findIndex((budget) => budgetName(budget) === name);
    if (b >= 0) this.budgets[b] = change(this.declared[b], this.budgets[b]);
  }

  /** Follows a new revision: budgets that are still declared go on as they stand, with their open bills. */
  follow(router: Router, now: number): void {
    const [saved, before] = [this.saved(), this.declared.map(budgetName)];
    this.router = router;
    this.budgets = this.declared.map((budget) => saved[budgetName(budget)] ?? openBudget(budget, now));
    this.breakers.keep(router.arms);
    this.moveBills(this.declared.map((budget) => before.indexOf(budgetName(budget))));
  }

  saved(): SavedBudgets {
    return Object.fromEntries(this.declared.map((budget, b) => [budgetName(budget), this.budgets[b]]));
  }

  /** @param from place that each budget had before; -1 for a new one, which was never charged */
  private moveBills(from: readonly number[]): void {
    if (from.every((b, i) => b === i)) return;
    for (const [id, bill] of this.bills) {
      const moved = Float64Array.from(from, (b) => (b < 0 ? NaN : bill[b]));
      if (moved.every(Number.isNaN)) this.bills.delete(id);
      else this.bills.set(id, moved);
    }
  }

  private settleBill({ decisionId, metric, value }: OutcomeRow): void {
    const bill = this.bills.get(decisionId);
    if (!bill) return;
    this.declared.forEach((budget, b) => {
      if (budget.metric !== metric || Number.isNaN(bill[b])) return;
      this.budgets[b] = settle(budget, this.budgets[b], value - bill[b]);
      bill[b] = NaN;
    });
    if (bill.every(Number.isNaN)) this.bills.delete(decisionId);
  }
}

/** What a budget is known by: the same declaration is the same budget. */
export const budgetName = (budget: Budget): string =>
  'per_request' in budget ? `${budget.metric} per request` : `${budget.metric} per ${budget.per}`;
