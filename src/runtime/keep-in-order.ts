import { maintain } from '../store/maintain.js';
import { appliedMigrations } from '../store/migrate.js';
import type { Store } from '../store/store.js';
import type { Metrics } from './metrics.js';

/** Maintains the logs, and tells what was done and how the database stands. */
export async function keepInOrder(store: Store, metrics: Metrics): Promise<void> {
  const { partitions, schema } = metrics;
  const { made, dropped, folded } = await maintain(store);
  metrics.folded.inc(folded);
  partitions.inc({ change: 'made' }, made.length);
  partitions.inc({ change: 'dropped' }, dropped.length);
  const names = await appliedMigrations(store);
  schema.reset();
  schema.set({ newest: names.at(-1) ?? 'none' }, names.length);
}
