import { sql } from 'kysely';

import type { Store } from './store.js';

/** After so long without a heartbeat a replica is taken for dead, and its stripe is given to the next that starts. */
export const replicaLeaseMs = 30_000;

/** The owners of stripes whose heartbeats go on, by the clock of the database. */
export async function liveReplicas(store: Store): Promise<string[]> {
  const { rows } = await sql<{ owner: string }>`
    select owner from replicas
    where heartbeat >= now() - make_interval(secs => ${replicaLeaseMs / 1000})
    order by owner`.execute(store.db);
  return rows.map(({ owner }) => owner);
}
