import { randomUUID } from 'node:crypto';

import pg from 'pg';
import { afterAll, beforeAll, describe, inject } from 'vitest';

import { maintain } from '../../src/store/maintain.js';
import { migrate } from '../../src/store/migrate.js';
import { openStore } from '../../src/store/open-store.js';
import type { Store } from '../../src/store/store.js';

/** A database of its own on the shared server, and how to connect to it. */
export async function makeDatabase(): Promise<string> {
  const server = inject('postgresUrl');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  return server.replace(/[^/]*$/, name);
}

const opened: Record<string, () => Promise<Store>> = {
  PGlite: () => openStore({ memory: true }),
  Postgres: async () => openStore({ databaseUrl: await makeDatabase() }),
};

/** Declares the same tests for both databases. @param body gets what opens an empty one, that the caller closes */
export function onEveryEngine(body: (open: () => Promise<Store>) => void): void {
  describe.each(Object.keys(opened))('on %s', (engine) => body(opened[engine]));
}

/**
 * Declares the same tests for both databases. One store, migrated, serves all tests of the body, each of which makes
 * routers of its own; `open` makes another, empty one, that the caller closes.
 */
export function onEveryStore(body: (store: () => Store, open: () => Promise<Store>) => void): void {
  onEveryEngine((open) => {
    let store: Store;
    beforeAll(async () => {
      store = await open();
      await migrate(store);
      await maintain(store);
    });
    afterAll(() => store.close());
    body(() => store, open);
  });
}
