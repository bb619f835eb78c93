import { sql } from 'kysely';

import type { Cell } from '../routing/statistics-table.js';
import { writeCells } from './fold-stripes.js';
import { importedStripe } from './read-fold.js';
import type { RouterKey, Store } from './store.js';

/**
 * Puts statistics from elsewhere beside those that the log tells, as stripe 0. What was imported before is replaced, so
 * that the same import twice counts once.
 * @returns the new version of stripe 0
 */
export async function importStatistics(
  store: Store,
  key: RouterKey,
  cells: readonly Cell[],
  owner: string,
  now: Date,
): Promise<number> {
  const { tenant, router } = key;
  return store.db.transaction().execute(async (transaction) => {
    const { rows } = await sql<{ version: number }>`
      insert into stripes as known (tenant, router, stripe, version, folded, owner, changed_at)
      values (${tenant}, ${router}, ${importedStripe}, 1, 1, ${owner}, ${now})
      on conflict (tenant, router, stripe) do update
      set version = known.version + 1, folded = known.version + 1, owner = excluded.owner,
        changed_at = excluded.changed_at
      returning version`.execute(transaction);
    await transaction
      .deleteFrom('statistics')
      .where('tenant', '=', tenant)
      .where('router', '=', router)
      .where('stripe', '=', importedStripe)
      .execute();
    await writeCells(transaction, key, importedStripe, cells);
    return rows[0].version;
  });
}
