/** The service inside a program: any number of routers over one store, without HTTP. */
import type { RuntimeLogger } from '../runtime/runtime-logger.js';
import type { Service } from '../runtime/service.js';
import { startTradewind } from '../runtime/start-tradewind.js';
import { migrate } from '../store/migrate.js';
import { openStore } from '../store/open-store.js';

/** A folder for the embedded database (one process at a time), a Postgres, or memory. */
export type StoreChoice = { readonly dataDir: string } | { readonly databaseUrl: string } | 'memory';

export interface OpenServiceOptions {
  readonly store: StoreChoice;
  /** Secrets that sign feedback tokens, newest first; without one, keys are made and kept in the store. */
  readonly secrets?: readonly string[];
  readonly logger?: RuntimeLogger;
  readonly clock?: () => number;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** @throws Problem 'store-locked' | 'schema-too-new', or the database's own error when it cannot be reached */
export async function openService({ store: choice, logger, ...options }: OpenServiceOptions): Promise<Service> {
  const place = choice === 'memory' ? { memory: true } : choice;
  const store = await openStore({ ...place, ...(logger ? { logger } : {}) });
  try {
    await migrate(store);
    return await startTradewind({ store, ...options, ...(logger ? { logger } : {}) });
  } catch (error) {
    await store.close().catch(() => undefined);
    throw error;
  }
}
