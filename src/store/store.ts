import type { Kysely } from 'kysely';

import type { Tables } from './tables.js';

/** The part of a pino logger that the store uses. */
export interface StoreLogger {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

export const silent: StoreLogger = { info: () => undefined, warn: () => undefined };

/** An open database; every operation of this folder takes it as its first argument. */
export interface Store {
  readonly engine: 'postgres' | 'pglite';
  readonly db: Kysely<Tables>;
  readonly logger: StoreLogger;
  close(): Promise<void>;
}

/** Which router a statement is about: the first columns of every key. */
export interface RouterKey {
  readonly tenant: string;
  readonly router: string;
}
