/**
 * A stripe is one replica's share of a router's statistics. Its version counts the transactions that changed it, so
 * that a vector of versions, one per stripe, names one state of the statistics for ever.
 *
 * Whoever writes to a stripe names the version it knows, and the write fails where that is not the present one. Two
 * processes that both believe the stripe is theirs can therefore slow each other down, and nothing worse.
 */
import { sql, type Transaction } from 'kysely';

import type { RouterKey } from './store.js';
import type { Tables } from './tables.js';

export interface Stripe extends RouterKey {
  readonly stripe: number;
  /** The version that the writer has seen; 0 for a stripe that nothing was written to yet. */
  readonly version: number;
}

/** Somebody else wrote to the stripe since it was read: catch up with its changes, then write again. */
export class StaleStripe extends Error {
  override readonly name = 'StaleStripe';
  constructor(readonly stripe: Stripe) {
    super(`stripe ${stripe.stripe} of router ${stripe.router} is no longer at version ${stripe.version}`);
  }
}

/**
 * Takes the next version of the stripe, and with it the lock on its row until the transaction ends. The time of the
 * change is the database's, so that its age can be told whatever the clocks of the replicas say.
 * @returns the new version
 * @throws StaleStripe
 */
export async function advanceStripe(transaction: Transaction<Tables>, stripe: Stripe, owner: string): Promise<number> {
  const { tenant, router, version } = stripe;
  const next = version + 1;
  const { rows } =
    version === 0
      ? await sql`
          insert into stripes (tenant, router, stripe, version, owner, changed_at)
          values (${tenant}, ${router}, ${stripe.stripe}, ${next}, ${owner}, now())
          on conflict do nothing returning version`.execute(transaction)
      : await sql`
          update stripes set version = ${next}, owner = ${owner}, changed_at = now()
          where tenant = ${tenant} and router = ${router} and stripe = ${stripe.stripe} and version = ${version}
          returning version`.execute(transaction);
  if (rows.length === 0) throw new StaleStripe(stripe);
  return next;
}
