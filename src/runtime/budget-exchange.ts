/**
 * The budgets of one router among its replicas: once a second each tells how its own stand, in a row that nobody else
 * writes, and looks at the rows of the others (`routing/shared-budget.ts`).
 *
 * A process that ends takes its leave: the next on its stripe goes on where it stood. One that is killed does not. What it
 * decided since its last row, at most a second of decisions, is not in the sums; by then it can have spent what its row
 * says is in its bucket, so whoever comes after it starts with an empty one. Decisions whose bill had not come when it
 * was killed stay charged at what they were expected to spend.
 *
 * A row says what its process spent since it began, so one that was not written, or not known to have been written, is
 * made good by the next.
 */
import type { BudgetState } from '../routing/budget.js';
import type { Conditions, SavedBudgets } from '../routing/conditions.js';
import { joined, pool, succeeded, type Standing } from '../routing/shared-budget.js';
import { saveSpend, type BudgetSpend } from '../store/budget-spend.js';
import type { RouterKey, Store } from '../store/store.js';
import { SpendHere } from './spend-here.js';

/** What the row of a replica says beside the sums. */
interface Told {
  readonly owner: string;
  readonly closed: boolean;
  readonly state: BudgetState;
  /** Given to each other replica since this one began, by its owner, in the metric's unit. */
  readonly given: Readonly<Record<string, number>>;
}

export interface Exchanging {
  readonly store: Store;
  readonly stripe: number;
  readonly owner: string;
  readonly clock: () => number;
}

/** Smaller moves than these, where nothing was decided, are not worth a row: in accuracy points per ceiling, and a part. */
const newsOfPrice = 1e-6;
const newsOfLevel = 0.01;

/** What a replica knows of another's row. */
interface Heard {
  readonly requests: number;
  readonly received: number;
}

/** How the budgets stand for a process that begins. @param rows of all stripes */
export function budgetsAtStart(rows: readonly BudgetSpend[], stripe: number, now: number): SavedBudgets {
  const names = new Set(rows.filter(({ state }) => isTold(state)).map(({ budget }) => budget));
  return Object.fromEntries(
    [...names].map((name) => [
      name,
      stateAtStart(
        rows.filter(({ budget }) => budget === name),
        stripe,
        now,
      ),
    ]),
  );
}

function stateAtStart(rows: readonly BudgetSpend[], stripe: number, now: number): BudgetState {
  const told = rows.flatMap((row) => (isTold(row.state) ? [{ stripe: row.stripe, ...row.state }] : []));
  const newest = told.reduce((a, b) => (b.state.at > a.state.at ? b : a));
  const own = told.find((row) => row.stripe === stripe);
  if (own === undefined) return joined(newest.state, now);
  const { price } = newest.state;
  if (!own.closed) return { ...succeeded(own.state, now), price };
  // Time that passed while others were there was theirs.
  const at = own === newest ? own.state.at : now;
  return { ...own.state, price, at, requests: 0, spent: 0 };
}

export class BudgetExchange {
  private readonly heard = new Map<string, Heard>();
  private readonly given = new Map<string, Readonly<Record<string, number>>>();
  /** Decisions made here by the last look, by budget. */
  private readonly looked = new Map<string, number>();
  /** What was last told and is known to have been written. */
  private told: SavedBudgets;
  /** What was spent here, over all times that a budget was declared. */
  private readonly spend: SpendHere;
  private saves = 0;

  constructor(
    private readonly host: Exchanging,
    private readonly key: RouterKey,
    private readonly conditions: Conditions,
  ) {
    this.told = conditions.saved();
    this.spend = new SpendHere(this.told);
  }

  /**
   * Looks at the others and tells them.
   * @param rows   of all stripes of this router
   * @param living owners of the replicas that are alive
   */
  async run(rows: readonly BudgetSpend[], living: readonly string[]): Promise<void> {
    for (const name of Object.keys(this.conditions.saved())) this.look(name, rows, living);
    await this.tell(false);
  }

  /** Takes leave. */
  close(): Promise<void> {
    return this.tell(true);
  }

  private look(name: string, rows: readonly BudgetSpend[], living: readonly string[]): void {
    const others: (Standing & { readonly owner: string })[] = [];
    let received = 0;
    for (const { budget, state: row } of rows) {
      if (budget !== name || !isTold(row) || row.owner === this.host.owner) continue;
      const place = `${name}\n${row.owner}`;
      const before = this.heard.get(place) ?? { requests: 0, received: 0 };
      const now = { requests: row.state.requests, received: row.given[this.host.owner] ?? 0 };
      this.heard.set(place, now);
      received += Math.max(0, now.received - before.received);
      if (row.closed || !living.includes(row.owner)) continue;
      const { price, level, traffic } = row.state;
      others.push({ owner: row.owner, price, level, traffic, recent: Math.max(0, now.requests - before.requests) });
    }
    this.conditions.adjust(name, (budget, state) => {
      const recent = state.requests - (this.looked.get(name) ?? 0);
      const { state: pooled, gifts } = pool(budget, state, { others, recent, received, now: this.host.clock() });
      this.looked.set(name, state.requests);
      this.give(
        name,
        others.map(({ owner }, i) => [owner, gifts[i]]),
      );
      return pooled;
    });
  }

  /** What was given to a replica that is gone is forgotten with it. */
  private give(name: string, gifts: readonly (readonly [owner: string, gift: number])[]): void {
    const before = this.given.get(name) ?? {};
    const sums = gifts.map(([owner, gift]): [string, number] => [owner, (before[owner] ?? 0) + gift]);
    this.given.set(name, Object.fromEntries(sums.filter(([, sum]) => sum > 0)));
  }

  private async tell(closed: boolean): Promise<void> {
    const { store, stripe, owner, clock } = this.host;
    const present = this.conditions.saved();
    this.spend.note(present);
    for (const [budget, state] of Object.entries(present)) {
      if (!closed && !this.hasMoved(budget, state)) continue;
      const told: Told = { owner, closed, state, given: this.given.get(budget) ?? {} };
      const account = { budget, owner, save: ++this.saves, ...this.spend.of(budget), state: told };
      await saveSpend(store.db, this.key, stripe, account, new Date(clock()));
      this.told = { ...this.told, [budget]: state };
    }
  }

  /** A bucket that fills while nobody asks is told of now and then. */
  private hasMoved(name: string, state: BudgetState): boolean {
    const before = this.told[name] as BudgetState | undefined;
    if (before?.requests !== state.requests || before.spent !== state.spent) return true;
    const [was, is] = [before.level, state.level];
    return (
      Math.abs(before.price - state.price) > newsOfPrice ||
      Math.abs(was - is) > newsOfLevel * Math.max(Math.abs(was), Math.abs(is))
    );
  }
}

function isTold(state: unknown): state is Told {
  return typeof state === 'object' && state !== null && 'owner' in state && 'given' in state;
}
