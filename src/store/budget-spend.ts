/**
 * What the budgets of a router have seen: sums, one row per replica's stripe, merged by adding. How a budget is paced is
 * not known here; `state` is whatever the pacer of that stripe wants the others to know, and itself after a restart.
 *
 * A process tells what it has spent since it began, not what came to it since it last told. So what it says may be lost,
 * repeated or overtaken by what it says next: the row knows the last account of each of the last few processes that wrote
 * to it, counts the difference, and leaves out what is older. Two processes that believe the stripe is theirs take
 * nothing from each other either.
 */
import { sql, type Kysely } from 'kysely';

import type { RouterKey, Store } from './store.js';
import { storedJson } from './stored-json.js';
import type { Tables } from './tables.js';

/** What one process says of one budget. */
export interface SpendAccount {
  /** Names the budget within its router; what the name is made of is the caller's business. */
  readonly budget: string;
  /** A name that no other process has, now or later. */
  readonly owner: string;
  /** Grows with each account that the process gives of the budget; at least 1. */
  readonly save: number;
  /** Since the process began. */
  readonly requests: number;
  /** In the unit of the budget's metric. */
  readonly spent: number;
  /** Replaces the stored state. The last account of a process that has lost the stripe has none: the row is another's. */
  readonly state?: object;
}

export interface BudgetSpend {
  readonly budget: string;
  readonly stripe: number;
  readonly requests: number;
  readonly spent: number;
  readonly state: unknown;
}

/** Processes whose last account is remembered: a row has one at a time, and now and then a successor. */
const rememberedOwners = 8;

/** Brings the sums of a stripe up to what a process says, unless it has said something later already. */
export async function saveSpend(
  db: Kysely<Tables>,
  { tenant, router }: RouterKey,
  stripe: number,
  { budget, owner, save, requests, spent, state }: SpendAccount,
  now: Date,
): Promise<void> {
  const account = { owner, save, requests, spent };
  const known = sql`jsonb_array_elements(coalesce(known.state::jsonb -> 'accounts', '[]'))`;
  const next = state ? sql`excluded.state` : sql`known.state`;
  const before = (name: 'save' | 'requests' | 'spent') =>
    sql`coalesce((select (one ->> ${sql.lit(name)})::float8 from ${known} as one where one ->> 'owner' = ${owner}), 0)`;
  const accounts = sql`(
    select jsonb_agg(one order by place) from (
      select ${storedJson(account)}::jsonb as one, 0 as place
      union all
      select one, place from ${known} with ordinality as told (one, place) where one ->> 'owner' <> ${owner}
      order by place limit ${sql.lit(rememberedOwners)}
    ) newest)`;
  await sql`
    insert into budget_spend as known (tenant, router, budget, stripe, requests, spent, state, changed_at)
    values (${tenant}, ${router}, ${budget}, ${stripe}, ${requests}, ${spent},
      ${storedJson({ ...state, accounts: [account] })}, ${now})
    on conflict (tenant, router, budget, stripe) do update
    set requests = known.requests + (excluded.requests - ${before('requests')}),
      spent = known.spent + (excluded.spent - ${before('spent')}),
      state = jsonb_set(${next}::jsonb, '{accounts}', ${accounts})::json, changed_at = excluded.changed_at
    where ${before('save')} < ${save}::float8`.execute(db);
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
