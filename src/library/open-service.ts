/** The service inside a program: any number of routers over one store, without HTTP. */
import { Problem } from '../routing/problem.js';
import type { RuntimeLogger } from '../runtime/runtime-logger.js';
import type { Service } from '../runtime/service.js';
import { startTradewind } from '../runtime/start-tradewind.js';
import { FolderError } from '../store/make-folder.js';
import { migrate } from '../store/migrate.js';
import { openStore } from '../store/open-store.js';
import { checkServiceOptions, checkStore } from './check-options.js';

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

/** What a program chooses a place with, for messages. */
const settings = { folder: 'dataDir', database: 'databaseUrl' };

/** The command line says the same without a code. */
function asProblem(error: unknown): never {
  throw error instanceof FolderError ? new Problem('folder-unusable', error.message) : error;
}

/** @throws Problem 'invalid-request' | 'store-locked' | 'folder-unusable' | 'schema-too-new', or the database's own error when it cannot be reached */
export async function openService(given: OpenServiceOptions): Promise<Service> {
  checkServiceOptions(given);
  const { store: choice, logger, ...options } = given;
  checkStore(choice);
  const place = choice === 'memory' ? { memory: true } : choice;
  const store = await openStore({ ...place, settings, ...(logger ? { logger } : {}) }).catch(asProblem);
  try {
    await migrate(store);
    return await startTradewind({ store, ...options, ...(logger ? { logger } : {}) });
  } catch (error) {
    await store.close().catch(() => undefined);
    throw error;
  }
}
