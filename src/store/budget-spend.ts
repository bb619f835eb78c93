/**
 * What the budgets of a router have seen: sums, one row per replica's stripe, merged by adding. How a budget is paced is
 * not known here; `state` is whatever the pacer of that stripe wants the others to know, and itself after a restart.
 */
import { sql, type Kysely } from 'kysely';

import type { RouterKey, Store } from './store.js';
import { storedJson } from './stored-json.js';
import type { Tables } from './tables.js';

export interface SpendIncrement {
  /** Names the budget within its router; what the name is made of is the caller's business. */
  readonly budget: string;
  readonly requests: number;
  /** In the unit of the budget's metric; below 0 where a correction takes back. */
  readonly spent: number;
  /**
   * Replaces the stored state when given. One with a member `save` is taken once: the same again changes nothing, so
   * that a save whose answer never came can be repeated.
   */
  readonly state?: unknown;
}

export interface BudgetSpend {
  readonly budget: string;
  readonly stripe: number;
  readonly requests: number;
  readonly spent: number;
  readonly state: unknown;
}

/** Adds to the sums of a stripe, within the caller's transaction where it has one. */
export async function addSpend(
  db: Kysely<Tables>,
  { tenant, router }: RouterKey,
  stripe: number,
  increments: readonly SpendIncrement[],
  now: Date,
): Promise<void> {
  for (const { budget, requests, spent, state } of increments) {
    const given = state === undefined ? null : storedJson(state);
    await sql`
      insert into budget_spend as known (tenant, router, budget, stripe, requests, spent, state, changed_at)
      values (${tenant}, ${router}, ${budget}, ${stripe}, ${requests}, ${spent}, coalesce(${given}::json, 'null'), ${now})
      on conflict (tenant, router, budget, stripe) do update
      set requests = known.requests + excluded.requests, spent = known.spent + excluded.spent,
        state = coalesce(${given}::json, known.state), changed_at = excluded.changed_at
      where ${given}::json ->> 'save' is null or known.state ->> 'save' is distinct from ${given}::json ->> 'save'`.execute(
      db,
    );
  }
}

/** Every stripe's sums of every budget of a router. */
export async function readSpend(store: Store, { tenant, router }: RouterKey): Promise<BudgetSpend[]> {
  return store.db
    .selectFrom('budget_spend')
    .select(['budget', 'stripe', 'requests', 'spent', 'state'])
    .where('tenant', '=', tenant)
    .where('router', '=', router)
    .orderBy('budget')
    .orderBy('stripe')
    .execute();
}

export interface RouterSpend extends BudgetSpend, RouterKey {}

/**
 * Every stripe's sums of every budget of every router: what replicas look at once a second. One query of a row per
 * router, budget and replica, however many routers there are.
 */
export async function readAllSpend(store: Store): Promise<RouterSpend[]> {
  return store.db
    .selectFrom('budget_spend')
    .select(['tenant', 'router', 'budget', 'stripe', 'requests', 'spent', 'state'])
    .execute();
}
