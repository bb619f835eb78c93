import { setImmediate as nextTurn } from 'node:timers/promises';

import { sql } from 'kysely';

import { unpackFeatures } from '../routing/bytes.js';
import type { CellKey } from '../routing/outcome.js';
import type { CellSums } from './cell-sums.js';
import { changesOnPage, pagesOf, type VersionPage, type VersionRange } from './version-pages.js';
import type { Store } from './store.js';

interface CellChanges extends CellKey {
  readonly sign: 1 | -1;
  readonly count: number;
  /** For each row its target (8 bytes), the length of its features (4 bytes) and the features, packed. */
  readonly rows: Buffer;
}

const rowsWanted = 5_000;
/** Rows between two turns of the event loop: two to four milliseconds, in which nobody else is answered. */
const slice = 500;

/**
 * Brings the sums of a stripe from the version they are at to another one, forwards or back.
 *
 * The database puts the rows of a cell together into one value, because taking a row of twelve columns apart costs this
 * process several times what adding it does: 40 µs a row as rows, 5 (d = 16) to 8 µs (d = 64) like this, and 2 at the
 * server. That is 60,000 to 95,000 rows a second, of a log or backwards.
 */
export async function moveSums(store: Store, sums: CellSums, range: VersionRange): Promise<void> {
  const read = async (page: VersionPage) => {
    const { rows } = await sql<CellChanges>`
      select sign, schema, arm, metric, epoch, count(*) as count,
        string_agg(int8send(target) || int4send(length(features)) || features, '') as rows
      from ${changesOnPage(range, page)} as changes
      where target is not null
      group by sign, schema, arm, metric, epoch
      -- Additions first: what is taken out may only be there once they are.
      order by sign desc`.execute(store.db);
    return { size: rows.reduce((sum, { count }) => sum + count, 0), page: rows };
  };
  for await (const page of pagesOf(range, rowsWanted, read)) for (const changes of page) await applyAll(sums, changes);
}

async function applyAll(sums: CellSums, { sign, count: _count, rows, ...key }: CellChanges): Promise<void> {
  for (let offset = 0, row = 1; offset < rows.length; row++) {
    if (row % slice === 0) await nextTurn();
    const target = Number(rows.readBigInt64BE(offset));
    const start = offset + 12;
    const end = start + rows.readInt32BE(offset + 8);
    sums.apply({ ...key, target, features: unpackFeatures(rows.subarray(start, end)) }, sign);
    offset = end;
  }
}
