/**
 * A replica writes to one stripe number, the same for all routers. A number is had by heartbeats; one whose heartbeats
 * ended is taken over by the next replica that starts, with everything in it. Should two hold a number after all, the
 * versions of the stripes keep them apart (`stripe.ts`) until the one that has lost it finds that out by its next
 * heartbeat, and claims another.
 */
import { sql } from 'kysely';

import { replicaLeaseMs } from './live-replicas.js';
import type { Store } from './store.js';

/** @returns the number of the stripe that is `owner`'s from now on, at least 1 */
export async function claimStripe(store: Store, owner: string, leaseMs = replicaLeaseMs): Promise<number> {
  // One process at a time has an embedded database: whoever was there before is gone.
  const expired =
    store.engine === 'pglite' ? sql`true` : sql`heartbeat < now() - make_interval(secs => ${leaseMs / 1000})`;
  for (;;) {
    const taken = await sql<{ stripe: number }>`
      update replicas set owner = ${owner}, heartbeat = now()
      where stripe = (select stripe from replicas where ${expired} order by stripe limit 1 for update skip locked)
      returning stripe`.execute(store.db);
    if (taken.rows.length > 0) return taken.rows[0].stripe;
    const made = await sql<{ stripe: number }>`
      insert into replicas (stripe, owner, heartbeat)
      select coalesce(max(stripe), 0) + 1, ${owner}, now() from replicas
      on conflict do nothing returning stripe`.execute(store.db);
    if (made.rows.length > 0) return made.rows[0].stripe;
  }
}

/** A heartbeat. @returns whether the stripe is still the owner's; whoever it was taken from has to claim another */
export async function keepStripe(store: Store, stripe: number, owner: string): Promise<boolean> {
  const { rows } = await sql`
    update replicas set heartbeat = now() where stripe = ${stripe} and owner = ${owner} returning stripe`.execute(
    store.db,
  );
  return rows.length > 0;
}

/** Gives the stripe up, so that the next replica takes it without waiting for the lease to end. */
export async function releaseStripe(store: Store, stripe: number, owner: string): Promise<void> {
  await sql`update replicas set heartbeat = '1970-01-01' where stripe = ${stripe} and owner = ${owner}`.execute(
    store.db,
  );
}
