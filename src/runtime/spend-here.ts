import type { BudgetState } from '../routing/budget.js';
import type { SavedBudgets } from '../routing/conditions.js';

export interface Spend {
  /** Decisions. */
  readonly requests: number;
  /** In the unit of the budget's metric. */
  readonly spent: number;
}

const nothing: Spend = { requests: 0, spent: 0 };

/**
 * What this process has spent of each budget since it began. A budget that is taken back and declared anew counts from
 * 0 again, and so do requests and spend of its state; here they go on.
 */
export class SpendHere {
  private readonly totals = new Map<string, Spend>();

  /** @param seen how the budgets stand as the process begins */
  constructor(private seen: SavedBudgets) {}

  /** Takes in how the budgets stand now. */
  note(present: SavedBudgets): void {
    for (const [name, state] of Object.entries(present)) {
      const { requests, spent } = this.of(name);
      const { requests: before, spent: spentBefore } = this.before(name, state);
      this.totals.set(name, {
        requests: requests + state.requests - before,
        spent: spent + state.spent - spentBefore,
      });
    }
    this.seen = present;
  }

  of(name: string): Spend {
    return this.totals.get(name) ?? nothing;
  }

  /** Requests only grow, so fewer of them belong to a budget that was opened since. */
  private before(name: string, state: BudgetState): Spend {
    const seen = this.seen[name] as BudgetState | undefined;
    return seen === undefined || state.requests < seen.requests ? nothing : seen;
  }
}
