import { sql } from 'kysely';

import { Statistics } from '../../policies/linear/statistics.js';
import type { Horizon } from '../routing/horizon.js';
import type { Cell } from '../routing/statistics-table.js';
import { CellSums } from './cell-sums.js';
import type { RouterKey, Store } from './store.js';
import { changesOnPage } from './version-pages.js';

/** A stripe as it is stored: its present version, and its sums up to the version that they were last folded at. */
export interface StripeFold {
  readonly stripe: number;
  readonly version: number;
  readonly folded: number;
  readonly sums: CellSums;
}

interface CellRow {
  readonly schema: string;
  readonly arm: string;
  readonly metric: string;
  readonly epoch: number;
  readonly bytes: Buffer;
}

/** A cell beside its stripe; of a stripe without cells everything of the cell is null. */
type FoldRow = Omit<StripeFold, 'sums'> & { [K in keyof CellRow]: CellRow[K] | null };

/** Where the log goes on after a fold. */
export const rangeOf = ({ tenant, router }: RouterKey, { stripe, folded }: StripeFold) => ({
  ...{ tenant, router, stripe },
  from: folded,
});

/** Stripe 0 holds what was imported: sums without a log. */
export const importedStripe = 0;

/**
 * The stored fold of every stripe of a router: a single statement, so versions and sums belong together.
 * @param horizon what is to be left out, and isn't read; the sums stay without it whatever is added to them
 */
export async function readFolds(store: Store, { tenant, router }: RouterKey, horizon?: Horizon): Promise<StripeFold[]> {
  const wanted = horizon ? sql`and (c.schema <> ${horizon.schema} or c.epoch >= ${horizon.before})` : sql``;
  const { rows } = await sql<FoldRow>`
    select s.stripe, s.version, s.folded, c.schema, c.arm, c.metric, c.epoch, c.bytes
    from stripes s left join statistics c on c.tenant = s.tenant and c.router = s.router and c.stripe = s.stripe ${wanted}
    where s.tenant = ${tenant} and s.router = ${router}
    order by s.stripe`.execute(store.db);
  const folds = new Map<number, StripeFold>();
  for (const { stripe, version, folded, ...cell } of rows) {
    let fold = folds.get(stripe);
    if (!fold) folds.set(stripe, (fold = { stripe, version, folded, sums: new CellSums(horizon) }));
    if (isThere(cell)) fold.sums.merge(cellOf(cell));
  }
  return [...folds.values()];
}

/**
 * The stored fold of one stripe, as far as the log after it touches it: a router that forgets has many epochs, and few of
 * them change. Whoever folds it meanwhile moves `folded` on, by which the caller has to find out.
 */
export async function readTouchedFold(
  store: Store,
  { tenant, router }: RouterKey,
  stripe: number,
): Promise<StripeFold | undefined> {
  const { rows: stripes } = await sql<{ version: number; folded: number }>`
    select version, folded from stripes where tenant = ${tenant} and router = ${router} and stripe = ${stripe}`.execute(
    store.db,
  );
  if (stripes.length === 0) return undefined;
  const [{ version, folded }] = stripes;
  const range = { tenant, router, stripe, from: folded, to: version };
  const { rows: cells } = await sql<CellRow>`
    select c.schema, c.arm, c.metric, c.epoch, c.bytes
    from (
      select distinct schema, arm, metric, epoch
      from ${changesOnPage(range, { after: folded, upTo: version })} as changes where target is not null
    ) touched
    join statistics c on c.schema = touched.schema and c.arm = touched.arm and c.metric = touched.metric
      and c.epoch = touched.epoch
    where c.tenant = ${tenant} and c.router = ${router} and c.stripe = ${stripe}`.execute(store.db);
  const sums = new CellSums();
  for (const cell of cells) sums.merge(cellOf(cell));
  return { stripe, version, folded, sums };
}

const isThere = (cell: { readonly [K in keyof CellRow]: CellRow[K] | null }): cell is CellRow => cell.bytes !== null;

const cellOf = ({ bytes, ...key }: CellRow): Cell => ({ key, statistics: Statistics.fromBytes(bytes) });
