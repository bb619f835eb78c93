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
 *
 * A process that has lost its stripe goes on with another, under another name, as if it had just begun; but its budgets
 * stay as they stand. What its old row lacks of its spend is added there; the rest of that row is its successor's, who
 * began with an empty bucket. What an earlier owner left in the new row is inherited. Gifts that were under way under
 * the old name are lost with it.
 */
import type { BudgetState } from '../routing/budget.js';
import type { Conditions, SavedBudgets } from '../routing/conditions.js';
import { inherited, joined, pool, succeeded, type Standing } from '../routing/shared-budget.js';
import { readSpend, saveSpend, type BudgetSpend } from '../store/budget-spend.js';
import type { RouterKey, Store } from '../store/store.js';
import { SpendHere } from './spend-here.js';
import type { HeldStripe } from './stripe-lease.js';

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
  /** This replica's at present; its row is written under this name. */
  readonly lease: HeldStripe;
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
  /** Where and by which name this process has told of its budgets so far. */
  private held: HeldStripe;
  private readonly heard = new Map<string, Heard>();
  private readonly given = new Map<string, Readonly<Record<string, number>>>();
  /** Decisions made here by the last look, by budget. */
  private readonly looked = new Map<string, number>();
  /** What was last told and is known to have been written. */
  private told: SavedBudgets;
  /** What was spent under the present name, over all times that a budget was declared. */
  private spend: SpendHere;
  private saves = 0;

  constructor(
    private readonly host: Exchanging,
    private readonly key: RouterKey,
    private readonly conditions: Conditions,
  ) {
    this.held = heldBy(host);
    this.told = conditions.saved();
    this.spend = new SpendHere(this.told);
  }

  /**
   * Looks at the others and tells them.
   * @param rows   of all stripes of this router
   * @param living owners of the replicas that are alive
   */
  async run(rows: readonly BudgetSpend[], living: readonly string[]): Promise<void> {
    await this.move();
    for (const name of Object.keys(this.conditions.saved())) this.look(name, rows, living);
    await this.tell(false);
  }

  /** Takes leave. */
  async close(): Promise<void> {
    await this.move();
    await this.tell(true);
  }

  /** Goes on with the stripe that the replica has now. What fails before the end is done again by the next. */
  private async move(): Promise<void> {
    const [before, now] = [this.held, heldBy(this.host)];
    if (now.owner === before.owner) return;
    const present = this.conditions.saved();
    await this.settle(present);
    const rows = await readSpend(this.host.store, this.key);
    this.held = now;
    this.told = {};
    this.spend = new SpendHere(present);
    this.given.clear();
    for (const [place, { requests }] of this.heard) this.heard.set(place, { requests, received: 0 });
    for (const { budget: name, stripe, state: row } of rows) {
      if (stripe !== now.stripe || !isTold(row) || row.owner === before.owner) continue;
      this.conditions.adjust(name, (budget, state) => inherited(budget, state, leftIn(row)));
    }
  }

  /** Brings the sums of the row up to what was spent, and lets be what it says beside them. */
  private async settle(present: SavedBudgets): Promise<void> {
    const { stripe, owner } = this.held;
    this.spend.note(present);
    for (const [budget, state] of Object.entries(present)) {
      if (!this.hasSpent(budget, state)) continue;
      const account = { budget, owner, save: ++this.saves, ...this.spend.of(budget) };
      await saveSpend(this.host.store.db, this.key, stripe, account, new Date(this.host.clock()));
    }
  }

  private look(name: string, rows: readonly BudgetSpend[], living: readonly string[]): void {
    const others: (Standing & { readonly owner: string })[] = [];
    let received = 0;
    for (const { budget, state: row } of rows) {
      if (budget !== name || !isTold(row) || row.owner === this.held.owner) continue;
      const place = `${name}\n${row.owner}`;
      const before = this.heard.get(place) ?? { requests: 0, received: 0 };
      const now = { requests: row.state.requests, received: row.given[this.held.owner] ?? 0 };
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
    const { store, clock } = this.host;
    const { stripe, owner } = this.held;
    const present = this.conditions.saved();
    this.spend.note(present);
    for (const [budget, state] of Object.entries(present)) {
      if (!closed && !this.hasMoved(budget, state)) continue;
      const spend = this.spend.of(budget);
      const told: Told = { owner, closed, state: { ...state, ...spend }, given: this.given.get(budget) ?? {} };
      const account = { budget, owner, save: ++this.saves, ...spend, state: told };
      await saveSpend(store.db, this.key, stripe, account, new Date(clock()));
      this.told = { ...this.told, [budget]: state };
    }
  }

  private hasSpent(name: string, { requests, spent }: BudgetState): boolean {
    const before = this.told[name] as BudgetState | undefined;
    return before?.requests !== requests || before.spent !== spent;
  }

  /** A bucket that fills while nobody asks is told of now and then. */
  private hasMoved(name: string, state: BudgetState): boolean {
    const before = this.told[name] as BudgetState | undefined;
    if (before === undefined || this.hasSpent(name, state)) return true;
    const [was, is] = [before.level, state.level];
    return (
      Math.abs(before.price - state.price) > newsOfPrice ||
      Math.abs(was - is) > newsOfLevel * Math.max(Math.abs(was), Math.abs(is))
    );
  }
}

const heldBy = ({ lease: { stripe, owner } }: Exchanging): HeldStripe => ({ stripe, owner });

/** Of a bucket whose owner took no leave only the debt is left (`succeeded`). */
const leftIn = ({ closed, state: { level } }: Told): number => (closed ? level : Math.min(0, level));

function isTold(state: unknown): state is Told {
  return typeof state === 'object' && state !== null && 'owner' in state && 'given' in state;
}
