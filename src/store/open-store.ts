/**
 * Opens the database: Postgres where a URL is given, PGlite in a folder or in memory otherwise.
 *
 * Both are spoken to by `pg` over the wire protocol and by the same Kysely dialect; PGlite has one connection, so its
 * transactions run one after the other.
 */
import { join, resolve } from 'node:path';

import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';

import { columnTypes } from './column-types.js';
import { locked, lockFolder, serviceSettings, type PlaceSettings } from './folder-lock.js';
import { GuardedPool } from './guarded-pool.js';
import { keepHouse } from './housekeeping.js';
import { PgliteServer } from './pglite-server.js';
import { PgliteSocket } from './pglite-socket.js';
import { refuseForeignFolder } from './refuse-foreign-folder.js';
import { silent, type Store, type StoreLogger } from './store.js';
import type { Tables } from './tables.js';

export interface StoreOptions {
  readonly databaseUrl?: string | undefined;
  /** Folder of the embedded database, created when absent; used when no URL is given. */
  readonly dataDir?: string | undefined;
  /** An embedded database that is gone when it is closed; used when neither URL nor folder is given. */
  readonly memory?: boolean;
  /** Connections to Postgres; PGlite has one. */
  readonly poolSize?: number;
  readonly logger?: StoreLogger;
  /** Those of the service by default. */
  readonly settings?: PlaceSettings;
}

const connectTimeoutMs = 5_000;
/** Longer than any statement should take, short enough that a connection that is half open does not hang for ever. */
const statementTimeoutMs = 30_000;
const answerTimeoutMs = 35_000;
/** One connection serves all, and a vacuum may hold it for a while. */
const embeddedWaitMs = 60_000;

/** @throws Problem 'store-locked' when another process uses the folder, FolderError when it cannot be used at all */
export async function openStore(options: StoreOptions): Promise<Store> {
  const logger = options.logger ?? silent;
  if (options.databaseUrl) return openPostgres(options.databaseUrl, options.poolSize ?? 4, logger);
  if (options.dataDir) return openFolder(resolve(options.dataDir), logger, options.settings);
  if (options.memory) return openEmbedded(undefined, logger, () => Promise.resolve());
  throw new RangeError('a store needs databaseUrl, dataDir or memory: true; none was given');
}

function openPostgres(connectionString: string, max: number, logger: StoreLogger): Store {
  const pool = new pg.Pool({
    connectionString,
    max,
    types: columnTypes,
    keepAlive: true,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    query_timeout: answerTimeoutMs,
    idle_in_transaction_session_timeout: answerTimeoutMs,
    application_name: 'tradewind',
  });
  pool.on('error', (error) => logger.warn({ error: error.message }, 'an idle database connection was lost'));
  const db = kysely(new GuardedPool(pool));
  return { engine: 'postgres', db, logger, close: () => db.destroy() };
}

async function openFolder(folder: string, logger: StoreLogger, settings = serviceSettings): Promise<Store> {
  await refuseForeignFolder(folder, settings.folder);
  const lock = await lockFolder(folder, (holder) => locked(folder, holder, settings), settings.folder);
  try {
    return await openEmbedded(join(folder, 'pglite'), logger, () => lock.release());
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function openEmbedded(
  folder: string | undefined,
  logger: StoreLogger,
  release: () => Promise<void>,
): Promise<Store> {
  const server = await PgliteServer.start(folder);
  const pool = new GuardedPool(embeddedPool(server));
  const db = kysely(pool);
  const housekeeping = keepHouse(db, pool, logger);
  const close = async () => {
    await housekeeping.stop();
    await db.destroy();
    await server.close();
    await release();
  };
  return { engine: 'pglite', db, logger, close };
}

function embeddedPool(server: PgliteServer): pg.Pool {
  const pool = new pg.Pool({
    max: 1,
    types: columnTypes,
    stream: () => new PgliteSocket(server) as never,
    user: 'postgres',
    database: 'postgres',
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: embeddedWaitMs,
  });
  // Whoever uses the connection gets the error; the pool only says that it was idle.
  pool.on('error', () => undefined);
  return pool;
}

function kysely(pool: GuardedPool): Kysely<Tables> {
  // Kysely ends only a pool that was asked for a connection.
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool: () => Promise.resolve(pool) }) });
}
