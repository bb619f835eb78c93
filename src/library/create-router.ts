import { randomBytes } from 'node:crypto';

import type { ProfileRow } from '../routing/profile.js';
import type { RouterSpec } from '../routing/spec.js';
import { keyOfSecret } from '../runtime/key-ring.js';
import type { RuntimeLogger } from '../runtime/runtime-logger.js';
import { checkRouterOptions } from './check-options.js';
import { checkSpec } from './checks.js';
import type { EmbeddedRouter } from './embedded-router.js';
import { MemoryRouter } from './memory-router.js';
import type { StoreChoice } from './open-service.js';

export interface CreateRouterOptions<S extends RouterSpec = RouterSpec> {
  /** The router as declared. Where the store has one of this id, it is changed to this; what it learned stays. */
  readonly spec: S;
  /** Measured beforehand; they are merged into those that a store has. */
  readonly profiles?: readonly ProfileRow[];
  /**
   * Where decisions and outcomes are kept: the embedded database in a folder (one process at a time), a Postgres
   * (any number), `memory` (a database that is gone when it is closed), or `none`: no database at all, only the sums
   * and what keeps an outcome from counting twice. `none` by default.
   */
  readonly store?: StoreChoice | 'none';
  /** Signs feedback tokens, 32 characters or more. Without one, a key is kept in the store; with `none`, it dies with the process. */
  readonly secret?: string;
  readonly logger?: RuntimeLogger;
  /** Milliseconds since 1970; `Date.now` by default. */
  readonly clock?: () => number;
  /** Where API keys of embeddings endpoints are read; `process.env` by default. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * A router inside this program, without HTTP.
 * @throws Problem 'invalid-request' | 'invalid-router' | 'invalid-profile' naming every fault, 'store-locked' | 'folder-unusable' | 'schema-too-new'
 */
export async function createRouter<const S extends RouterSpec>(
  options: CreateRouterOptions<S>,
): Promise<EmbeddedRouter<S>> {
  checkRouterOptions(options);
  checkSpec(options.spec);
  const router =
    options.store === undefined || options.store === 'none' ? inMemory(options) : await inStore(options, options.store);
  return router as EmbeddedRouter<RouterSpec> as EmbeddedRouter<S>;
}

function inMemory({
  spec,
  profiles = [],
  secret,
  clock = Date.now,
  env = process.env,
}: CreateRouterOptions): MemoryRouter {
  const key = keyOfSecret(secret ?? randomBytes(32).toString('base64'));
  return new MemoryRouter({ spec, profiles, keys: [key], clock, env });
}

/** Only a router with a store loads what speaks to databases. */
async function inStore({ spec, profiles, secret, logger, clock, env }: CreateRouterOptions, store: StoreChoice) {
  const [{ openService }, { StoredRouter }] = await Promise.all([
    import('./open-service.js'),
    import('./stored-router.js'),
  ]);
  const service = await openService({
    store,
    ...(secret === undefined ? {} : { secrets: [secret] }),
    ...(logger ? { logger } : {}),
    ...(clock ? { clock } : {}),
    ...(env ? { env } : {}),
  });
  try {
    return await StoredRouter.open(service, spec, profiles);
  } catch (error) {
    await service.close().catch(() => undefined);
    throw error;
  }
}
