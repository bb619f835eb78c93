/**
 * The stripe that this replica writes to, and the name that it has it by, kept by heartbeats.
 *
 * A replica that could not tell of itself for longer than the lease may find its stripe taken over, with all that is in
 * it. It then goes on as a new replica would: with another stripe, under a new name. Under the old one it was taken for
 * dead, and what others noted of that (watches, gifts to its budgets, its row of spend) is settled or somebody else's.
 * Whoever writes reads stripe and name at once, and stays with them to the end of the write.
 */
import { randomUUID } from 'node:crypto';

import { claimStripe, keepStripe, releaseStripe } from '../store/claim-stripe.js';
import { replicaLeaseMs } from '../store/live-replicas.js';
import type { Store } from '../store/store.js';

/** A stripe, at least 1, and whose it is: a name that nobody else has, now or later. */
export interface HeldStripe {
  readonly stripe: number;
  readonly owner: string;
}

export class StripeLease implements HeldStripe {
  /** By the clock of `performance`: when the stripe was last this replica's for certain. */
  private certainAt = performance.now();

  private constructor(
    private readonly store: Store,
    private held: HeldStripe,
  ) {}

  static async claim(store: Store): Promise<StripeLease> {
    return new StripeLease(store, await claim(store));
  }

  get stripe(): number {
    return this.held.stripe;
  }

  get owner(): string {
    return this.held.owner;
  }

  /**
   * A heartbeat.
   * @returns false when the stripe was another's; there is a new one by then
   * @throws Problem 'database-unavailable'; which stripe it is to be is settled by the next heartbeat
   */
  async keep(): Promise<boolean> {
    const { stripe, owner } = this.held;
    const asked = performance.now();
    const kept = await keepStripe(this.store, stripe, owner);
    if (!kept) {
      this.certainAt = -Infinity;
      this.held = await claim(this.store);
    }
    this.certainAt = asked;
    return kept;
  }

  /** Gives the stripe up. */
  release(): Promise<void> {
    return releaseStripe(this.store, this.stripe, this.owner);
  }

  /** Why the stripe may be another's, in words. */
  reasons(): string[] {
    if (performance.now() - this.certainAt <= replicaLeaseMs) return [];
    return [`stripe ${this.stripe} may be another replica's by now; the next heartbeat keeps it or claims another`];
  }
}

/** A name of its own for each claim: one whose answer was lost is nobody's, and ends with its lease. */
async function claim(store: Store): Promise<HeldStripe> {
  const owner = `${process.pid}-${randomUUID()}`;
  return { owner, stripe: await claimStripe(store, owner) };
}
