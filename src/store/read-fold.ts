import { sql } from 'kysely';

import { Statistics } from '../../policies/linear/statistics.js';
import { CellSums } from './cell-sums.js';
import type { RouterKey, Store } from './store.js';

/** A stripe as it is stored: its present version, and its sums up to the version that they were last folded at. */
export interface StripeFold {
  readonly stripe: number;
  readonly version: number;
  readonly folded: number;
  readonly sums: CellSums;
}

interface FoldRow {
  readonly stripe: number;
  readonly version: number;
  readonly folded: number;
  readonly schema: string;
  readonly arm: string;
  readonly metric: string;
  readonly epoch: number;
  /** Null for a stripe without cells, and then the key is too. */
  readonly bytes: Buffer | null;
}

/** Where the log goes on after a fold. */
export const rangeOf = ({ tenant, router }: RouterKey, { stripe, folded }: StripeFold) => ({
  ...{ tenant, router, stripe },
  from: folded,
});

/** Stripe 0 holds what was imported: sums without a log. */
export const importedStripe = 0;

/** The stored fold of every stripe of a router, or of one: a single statement, so versions and sums belong together. */
export async function readFolds(store: Store, { tenant, router }: RouterKey, only?: number): Promise<StripeFold[]> {
  const { rows } = await sql<FoldRow>`
    select s.stripe, s.version, s.folded, c.schema, c.arm, c.metric, c.epoch, c.bytes
    from stripes s left join statistics c on c.tenant = s.tenant and c.router = s.router and c.stripe = s.stripe
    where s.tenant = ${tenant} and s.router = ${router} ${only === undefined ? sql`` : sql`and s.stripe = ${only}`}
    order by s.stripe`.execute(store.db);
  const folds = new Map<number, StripeFold>();
  for (const { stripe, version, folded, bytes, ...key } of rows) {
    let fold = folds.get(stripe);
    if (!fold) folds.set(stripe, (fold = { stripe, version, folded, sums: new CellSums() }));
    if (bytes) fold.sums.merge({ key, statistics: Statistics.fromBytes(bytes) });
  }
  return [...folds.values()];
}
