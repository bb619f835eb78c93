import { setTimeout as sleep } from 'node:timers/promises';

import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { applyOutcomes } from '../../../src/store/apply-outcomes.js';
import { loadStatistics } from '../../../src/store/load-statistics.js';
import { maintain } from '../../../src/store/maintain.js';
import { migrate } from '../../../src/store/migrate.js';
import { openStore } from '../../../src/store/open-store.js';
import type { Store } from '../../../src/store/store.js';
import { onEveryStore } from '../../support/every-store.js';
import { outcome, targetOf } from '../../support/outcomes.js';
import { startPostgres, type PostgresServer } from '../../support/postgres-server.js';

const unavailable = { code: 'database-unavailable', retryAfterSeconds: 1 };

describe('a store whose Postgres goes away', () => {
  let server: PostgresServer;
  let store: Store;
  beforeAll(async () => {
    // One that keeps what it acknowledged when it is stopped at once.
    server = await startPostgres({});
    store = await openStore({ databaseUrl: server.url(), poolSize: 2 });
    await migrate(store);
    await maintain(store);
  });
  afterAll(async () => {
    await store.close();
    await server.close();
  });

  it('says so, loses nothing, and goes on when it is back', async () => {
    const row = outcome('away');
    const apply = () =>
      applyOutcomes(store, {
        stripe: { tenant: 'default', router: 'away', stripe: 1, version: 0 },
        owner: 'test',
        rows: [row],
        targetOf,
        receivedAt: new Date(),
      });
    await server.halt('immediate');
    await expect(apply()).rejects.toMatchObject(unavailable);
    await server.start();
    // Connections that died with the server are found one by one.
    for (let attempt = 0; ; attempt++) {
      const stored = await apply().catch((error: unknown) => {
        expect(error).toMatchObject(unavailable);
        expect(attempt).toBeLessThan(5);
      });
      if (stored) break;
      await sleep(50);
    }
    expect((await loadStatistics(store, row)).versions).toEqual({ 1: 1 });
  });

  it('does not know of a transaction whose connection is cut at its commit, and says that', async () => {
    const cut = store.db.transaction().execute(async (transaction) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(transaction);
      await sql`select pg_terminate_backend(${rows[0].pid})`.execute(store.db);
      await sleep(100);
    });
    await expect(cut).rejects.toMatchObject({
      ...unavailable,
      message: expect.stringContaining('not known') as string,
    });
    await expect(loadStatistics(store, { tenant: 'default', router: 'away' })).resolves.toBeDefined();
  });
});

onEveryStore((store) => {
  it('does not take a commit for done that rolled a failed transaction back', async () => {
    const failed = store()
      .db.transaction()
      .execute(async (transaction) => {
        await sql`select 1 / 0`.execute(transaction).catch(() => undefined);
      });
    await expect(failed).rejects.toThrow('rolled back');
    await expect(sql`select 1`.execute(store().db)).resolves.toBeDefined();
  });

  it('does not know of a commit that came with a warning', async () => {
    await sql`create or replace function warn() returns trigger language plpgsql as
      $$ begin raise warning 'a node did not answer'; return null; end $$`.execute(store().db);
    await sql`create table if not exists warned (n int)`.execute(store().db);
    await sql`create constraint trigger warned after insert on warned initially deferred
      for each row execute function warn()`.execute(store().db);
    const warned = store()
      .db.transaction()
      .execute((transaction) => sql`insert into warned values (1)`.execute(transaction));
    await expect(warned).rejects.toMatchObject({
      ...unavailable,
      message: expect.stringContaining('a node') as string,
    });
    // It had been committed after all: that is what "not known" means.
    const { rows } = await sql`select n from warned`.execute(store().db);
    expect(rows).toEqual([{ n: 1 }]);
  });

  it('keeps the statements of transactions apart that run at the same time', async () => {
    await sql`create table if not exists counted (n int)`.execute(store().db);
    const addTwice = (fail: boolean) =>
      store()
        .db.transaction()
        .execute(async (transaction) => {
          for (let i = 0; i < 2; i++) {
            await sql`insert into counted values (${i})`.execute(transaction);
            await sleep(1);
          }
          if (fail) throw new Error('no');
        });
    await Promise.allSettled(Array.from({ length: 10 }, (_, i) => addTwice(i % 2 === 0)));
    const { rows } = await sql<{ count: number }>`select count(*) as count from counted`.execute(store().db);
    expect(rows[0].count).toBe(10);
  });

  it('passes on what is wrong with a statement', async () => {
    await expect(sql`select nothing from nowhere`.execute(store().db)).rejects.toMatchObject({ code: '42P01' });
  });
});
