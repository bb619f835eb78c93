import { maintain } from '../store/maintain.js';
import { appliedMigrations } from '../store/migrate.js';
import type { Store } from '../store/store.js';
import { dropForgotten } from './drop-forgotten.js';
import type { Host } from './hosted-router.js';
import type { Metrics } from './metrics.js';
import type { Registry } from './registry.js';

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

/** As `keepInOrder`, and drops what the routers have forgotten for good. */
export async function keepAllInOrder({ store, metrics, clock }: Host, registry: Registry): Promise<void> {
  await keepInOrder(store, metrics);
  metrics.forgotten.inc(await dropForgotten(store, registry.all(), clock()));
}
