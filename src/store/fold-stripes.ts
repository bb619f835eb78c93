/**
 * Writes the sums of stripes up to their present version, so that a start doesn't have to read the whole log and old
 * days of it can be dropped. Any process may do this for any stripe at any time: the outcome is the same bytes. Whoever
 * holds the stripe's advisory lock writes, so that two never wait for each other's rows in a circle; and it writes only
 * over the fold that it went on from, so that a stripe is never folded twice, whatever becomes of the lock.
 */
import { sql, type Transaction } from 'kysely';

import type { Cell } from '../routing/statistics-table.js';
import { replicaLeaseMs } from './live-replicas.js';
import { moveSums } from './move-sums.js';
import { rangeOf, readTouchedFold, type StripeFold } from './read-fold.js';
import type { RouterKey, Store } from './store.js';
import type { Tables } from './tables.js';

export interface FoldOptions {
  /** Only stripes with at least this many versions that are not folded yet. */
  readonly behind?: number;
  /** Only the stripes of this number: a replica folds its own, so that many don't do the same work. */
  readonly stripe?: number;
  /** Only stripes that no living replica writes to. */
  readonly ownerless?: boolean;
}

/** Cells to one statement: some 10 KB each. */
const cellsPerStatement = 50;

/** Whoever writes to a stripe, by the clock of the database. */
const livingOwner = sql`(
  select from replicas
  where replicas.stripe = stripes.stripe and heartbeat >= now() - make_interval(secs => ${replicaLeaseMs / 1000})
)`;

/** @returns how many stripes were folded */
export async function foldStripes(store: Store, options: FoldOptions = {}): Promise<number> {
  const { behind = 1, stripe, ownerless = false } = options;
  const due = await store.db
    .selectFrom('stripes')
    .select(['tenant', 'router', 'stripe'])
    .where(sql<boolean>`version - folded >= ${behind}`)
    .$if(stripe !== undefined, (query) => query.where('stripe', '=', stripe!))
    .$if(ownerless, (query) => query.where(({ not, exists }) => not(exists(livingOwner))))
    .execute();
  let folded = 0;
  for (const { tenant, router, stripe: number } of due) {
    if (await foldStripe(store, { tenant, router }, number)) folded++;
  }
  return folded;
}

/** @returns whether there was something to fold, and nobody else did it meanwhile */
export async function foldStripe(store: Store, key: RouterKey, stripe: number): Promise<boolean> {
  const fold = await readTouchedFold(store, key, stripe);
  if (!fold || fold.folded === fold.version) return false;
  await moveSums(store, fold.sums, { ...rangeOf(key, fold), to: fold.version });
  try {
    await store.db.transaction().execute((transaction) => write(transaction, key, fold));
    return true;
  } catch (error) {
    if (error instanceof FoldedElsewhere) return false;
    throw error;
  }
}

class FoldedElsewhere extends Error {}

/** The stripe's row comes last: its owner writes to it all the time, and waits while it is locked. */
async function write(transaction: Transaction<Tables>, key: RouterKey, fold: StripeFold): Promise<void> {
  if (!(await lockFold(transaction, key, fold.stripe)))
    throw new FoldedElsewhere('another process is folding the stripe');
  await writeCells(transaction, key, fold.stripe, fold.sums.changed());
  const { rows } = await sql`
    update stripes set folded = ${fold.version}
    where tenant = ${key.tenant} and router = ${key.router} and stripe = ${fold.stripe} and folded = ${fold.folded}
    returning folded`.execute(transaction);
  if (rows.length === 0) throw new FoldedElsewhere('another process folded the stripe meanwhile');
}

/** Held to the end of the transaction, at the node that has the stripe. @returns whether nobody else holds it */
async function lockFold(
  transaction: Transaction<Tables>,
  { tenant, router }: RouterKey,
  stripe: number,
): Promise<boolean> {
  const name = JSON.stringify(['fold', tenant, router, stripe]);
  const { rows } = await sql<{ locked: boolean }>`
    select pg_try_advisory_xact_lock(hashtextextended(${name}, 0)) as locked from stripes
    where tenant = ${tenant} and router = ${router} and stripe = ${stripe}`.execute(transaction);
  return rows[0].locked;
}

/** Stores sums, over those of the same cells. */
export async function writeCells(
  transaction: Transaction<Tables>,
  { tenant, router }: RouterKey,
  stripe: number,
  cells: readonly Cell[],
): Promise<void> {
  for (let start = 0; start < cells.length; start += cellsPerStatement) {
    const part = cells.slice(start, start + cellsPerStatement);
    await transaction
      .insertInto('statistics')
      .values(
        part.map(({ key, statistics }) => ({
          tenant,
          router,
          stripe,
          ...key,
          bytes: Buffer.from(statistics.toBytes()),
        })),
      )
      .onConflict((conflict) =>
        conflict
          .columns(['tenant', 'router', 'stripe', 'schema', 'arm', 'metric', 'epoch'])
          .doUpdateSet((excluded) => ({ bytes: excluded.ref('excluded.bytes') })),
      )
      .execute();
  }
}
