import type { Horizon } from '../routing/horizon.js';
import type { RouterKey, Store } from './store.js';

/** Drops the stored sums of epochs before a horizon, for good. @returns how many there were */
export async function dropEpochs(
  store: Store,
  { tenant, router }: RouterKey,
  { schema, before }: Horizon,
): Promise<number> {
  const { numDeletedRows } = await store.db
    .deleteFrom('statistics')
    .where('tenant', '=', tenant)
    .where('router', '=', router)
    .where('schema', '=', schema)
    .where('epoch', '<', before)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
