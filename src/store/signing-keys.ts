import { randomBytes } from 'node:crypto';

import { sql, type Kysely } from 'kysely';

import type { Store } from './store.js';
import type { Tables } from './tables.js';

/** A key of the feedback tokens; used where the operator gives no secret of their own. */
export interface StoredKey {
  readonly id: string;
  /** 32 bytes. */
  readonly secret: Buffer;
  readonly madeAt: Date;
  /** Since when another key signs; null for the one that does. */
  readonly retiredAt: Date | null;
}

/** One process at a time makes keys. */
const lockNumber = 7_402_846_320;

/** Every key that tokens may be signed with, the one to sign with first; makes one when there is none. */
export async function signingKeys(store: Store, now: Date): Promise<StoredKey[]> {
  const known = await readKeys(store.db);
  if (known.length > 0) return known;
  return store.db.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(${lockNumber})`.execute(transaction);
    if ((await readKeys(transaction)).length === 0) await makeKey(transaction, now);
    return readKeys(transaction);
  });
}

/** The same, but makes none. */
export const knownSigningKeys = (store: Store): Promise<StoredKey[]> => readKeys(store.db);

/** Makes a new key to sign with; tokens of the older ones stay good until the keys are dropped by maintenance. */
export async function rotateSigningKey(store: Store, now: Date): Promise<StoredKey[]> {
  return store.db.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(${lockNumber})`.execute(transaction);
    await transaction.updateTable('signing_keys').set({ retired_at: now }).where('retired_at', 'is', null).execute();
    await makeKey(transaction, now);
    return readKeys(transaction);
  });
}

/** Drops keys that no token can be signed with any more that would still be taken. */
export async function dropSigningKeys(store: Store, retiredBefore: Date): Promise<void> {
  await store.db.deleteFrom('signing_keys').where('retired_at', '<', retiredBefore).execute();
}

async function makeKey(db: Kysely<Tables>, now: Date): Promise<void> {
  const key = { id: randomBytes(4).toString('hex'), secret: randomBytes(32), created_at: now, retired_at: null };
  await db.insertInto('signing_keys').values(key).execute();
}

async function readKeys(db: Kysely<Tables>): Promise<StoredKey[]> {
  return db
    .selectFrom('signing_keys')
    .select(['id', 'secret', 'created_at as madeAt', 'retired_at as retiredAt'])
    .orderBy(sql`retired_at desc nulls first`)
    .orderBy('created_at', 'desc')
    .execute();
}
