/** What the proxy does to the connections of a client of a real Postgres. */
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { makeDatabase } from '../support/every-store.js';
import { WireProxy } from '../support/wire-proxy.js';

describe('a proxy between a client and Postgres', () => {
  let databaseUrl: string;
  let direct: pg.Client;
  let proxy: WireProxy;
  const clients: pg.Client[] = [];
  beforeAll(async () => {
    databaseUrl = await makeDatabase();
    direct = new pg.Client(databaseUrl);
    await direct.connect();
    await direct.query('create table t (n int)');
  });
  afterAll(() => direct.end());
  beforeEach(async () => {
    await direct.query('delete from t');
    proxy = await WireProxy.start(Number(new URL(databaseUrl).port));
  });
  afterEach(async () => {
    await proxy.close();
    await Promise.all(clients.splice(0).map((client) => client.end().catch(() => undefined)));
  });

  const connect = async (patienceMs = 500): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: proxy.through(databaseUrl), connectionTimeoutMillis: patienceMs });
    client.on('error', () => undefined);
    clients.push(client);
    await client.connect();
    return client;
  };
  const insert = async (client: pg.Client) => {
    await client.query('begin');
    await client.query('insert into t values ($1)', [1]);
  };
  const stored = async () => (await direct.query('select from t')).rowCount;
  const soon = (ms: number) => new Promise((resolve) => setTimeout(() => resolve('nothing yet'), ms));

  it('passes on what is said', async () => {
    const client = await connect();
    await insert(client);
    expect((await client.query('commit')).command).toBe('COMMIT');
    expect(await stored()).toBe(1);
    const text = 'x'.repeat(300_000);
    expect((await client.query<{ t: string }>('select $1::text as t', [text])).rows[0].t).toBe(text);
  });

  it('cuts a connection before the server has the COMMIT', async () => {
    const client = await connect();
    await insert(client);
    proxy.onCommit({ point: 'before', spring: (connection) => connection.cut() });
    await expect(client.query('commit')).rejects.toThrow();
    expect(await stored()).toBe(0);
  });

  it('cuts a connection when the server has committed and the client has not heard', async () => {
    const client = await connect();
    await insert(client);
    proxy.onCommit({ point: 'done', spring: (connection) => connection.cut() });
    await expect(client.query('commit')).rejects.toThrow();
    expect(await stored()).toBe(1);
  });

  it('keeps the answer to a COMMIT to itself, and says nothing more', async () => {
    const client = await connect();
    await insert(client);
    proxy.onCommit({ point: 'done', spring: (connection) => connection.silence() });
    expect(await Promise.race([client.query('commit').catch(() => 'cut'), soon(200)])).toBe('nothing yet');
    expect(await stored()).toBe(1);
    // Healing ends what went silent, as a router does that has forgotten a connection.
    const next = client.query('select 1');
    proxy.heal();
    await expect(next).rejects.toThrow();
  });

  it('springs once, when the client has heard', async () => {
    const client = await connect();
    let sprung = 0;
    proxy.onCommit({ point: 'heard', spring: () => sprung++ });
    for (let i = 0; i < 2; i++) {
      await insert(client);
      await client.query('commit');
    }
    expect([sprung, await stored()]).toEqual([1, 2]);
  });

  it('does not take a rollback for a commit', async () => {
    const client = await connect();
    let sprung = 0;
    proxy.onCommit({ point: 'done', spring: () => sprung++ });
    await insert(client);
    await client.query('select 1/0').catch(() => undefined);
    expect((await client.query('commit')).command).toBe('ROLLBACK');
    expect(sprung).toBe(0);
  });

  it('puts a warning before the answer to one COMMIT', async () => {
    const client = await connect();
    const heard: string[] = [];
    client.on('notice', ({ severity }) => heard.push(String(severity)));
    let met = 0;
    proxy.warnOnCommit(() => met++);
    for (let i = 0; i < 2; i++) {
      await insert(client);
      expect((await client.query('commit')).command).toBe('COMMIT');
    }
    expect([heard, met, await stored()]).toEqual([['WARNING'], 1, 2]);
  });

  it('holds everything up and lets it go on', async () => {
    const client = await connect();
    proxy.stall(true);
    const asked = client.query<{ n: number }>('select 7 as n');
    expect(await Promise.race([asked, soon(200)])).toBe('nothing yet');
    proxy.stall(false);
    expect((await asked).rows).toEqual([{ n: 7 }]);
  });

  it('swallows what is open for good, and what comes while it is told to', async () => {
    const client = await connect();
    proxy.swallow(true);
    const lost = client.query('select 1').catch(() => 'cut');
    await expect(connect(200)).rejects.toThrow();
    proxy.swallow(false);
    expect(await Promise.race([lost, soon(200)])).toBe('nothing yet');
    expect((await (await connect()).query('select 1')).rowCount).toBe(1);
  });

  it('refuses new connections while it is told to', async () => {
    proxy.refuse(true);
    await expect(connect()).rejects.toThrow();
    proxy.refuse(false);
    await connect();
    expect(proxy.cutAll()).toBe(1);
  });
});
