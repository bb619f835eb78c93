import { EventEmitter, once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

import pg from 'pg';
import { describe, expect, it } from 'vitest';

import { GuardedPool } from '../../../src/store/guarded-pool.js';

/** A connection whose answers are given. */
class FakeClient extends EventEmitter {
  readonly sent: string[] = [];
  released: unknown = 'not yet';
  constructor(private readonly answer: (statement: string) => unknown) {
    super();
  }
  async query(statement: string): Promise<unknown> {
    this.sent.push(statement);
    const answer = await this.answer(statement);
    if (answer instanceof Error) throw answer;
    return answer;
  }
  release(error: unknown): void {
    this.released = error;
  }
}

const connect = async (answer: (statement: string, client: FakeClient) => unknown) => {
  const client: FakeClient = new FakeClient((statement) => answer(statement, client));
  const pool = new GuardedPool(poolOf(client));
  return { client, pool, guard: await pool.connect() };
};
/** A pool with one connection, that it makes when it is asked for one. */
function poolOf(client: FakeClient): pg.Pool {
  const pool = new EventEmitter();
  const connect = () => {
    pool.emit('connect', client);
    return Promise.resolve(client);
  };
  return Object.assign(pool, { connect }) as unknown as pg.Pool;
}
/** Messages of a server: type, length that counts itself, body. */
function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}
const authenticated = message('R', Buffer.alloc(4));
const ready = message('Z', Buffer.from('I'));
const terminated = message('E', Buffer.from('SFATAL\0C57P01\0Mterminating connection\0\0'));
const answered = (command: string) => ({ command, rowCount: 0, rows: [] });
const refused = (code: string) => Object.assign(new Error('refused'), { code });

describe('the guarded pool', () => {
  it('keeps a connection whose commit the database confirmed', async () => {
    const { client, guard } = await connect((statement) => answered(statement.toUpperCase()));
    await guard.query('commit', []);
    guard.release();
    expect(client.released).toBeUndefined();
  });

  it('counts the rows that statements write, in a transaction or alone', async () => {
    const { pool, guard } = await connect((statement) => {
      const command = statement.split(' ')[0].toUpperCase();
      return statement.endsWith('refused') ? refused('23505') : { command, rowCount: 3, rows: [] };
    });
    for (const statement of ['insert', 'begin', 'update', 'delete', 'commit', 'select', 'vacuum statistics'])
      await guard.query(statement, []);
    await expect(guard.query('insert refused', [])).rejects.toMatchObject({ code: '23505' });
    guard.release();
    expect(pool.rowsWritten).toBe(9);
  });

  it('takes a lost answer for an unknown commit, and throws the connection away', async () => {
    const { client, guard } = await connect(() => new Error('Connection terminated unexpectedly'));
    await expect(guard.query('commit', [])).rejects.toMatchObject({
      code: 'database-unavailable',
      message: expect.stringContaining('not known') as string,
    });
    await guard.query('rollback', []);
    guard.release();
    expect(client.sent).toEqual(['commit']);
    expect(client.released).toBeInstanceOf(Error);
  });

  it('takes no commit for one that came with a warning, nor one that rolled back', async () => {
    const warned = await connect((_, client) => {
      client.emit('notice', { severity: 'WARNUNG', code: '01000', message: 'Knoten 3 antwortet nicht' });
      return answered('COMMIT');
    });
    await expect(warned.guard.query('commit', [])).rejects.toThrow('Knoten 3 antwortet nicht');
    const failed = await connect(() => answered('ROLLBACK'));
    await expect(failed.guard.query('commit', [])).rejects.toThrow('rolled back');
  });

  it('keeps a connection whose statement was refused, and passes the refusal on', async () => {
    const { client, guard } = await connect(() => refused('23505'));
    await expect(guard.query('insert', [])).rejects.toMatchObject({ code: '23505' });
    guard.release();
    expect(client.released).toBeUndefined();
  });

  it.each(['08006', '53300', '57P01', '58030', '25006', '55P03'])('says "not now" for SQLSTATE %s', async (code) => {
    const { guard } = await connect(() => refused(code));
    await expect(guard.query('select', [])).rejects.toMatchObject({
      code: 'database-unavailable',
      retryAfterSeconds: 1,
    });
  });

  it('throws a connection away that was cut between two statements', async () => {
    const { client, guard } = await connect(() => answered('SELECT'));
    client.emit('error', new Error('read ECONNRESET'));
    guard.release();
    expect(client.released).toBeInstanceOf(Error);
  });

  it('outlives a server that ends a connection in the bytes after those that made it', async () => {
    const server = createServer((socket) =>
      socket.once('data', () => socket.end(Buffer.concat([authenticated, ready, terminated]))),
    ).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const connections = new pg.Pool({ host: '127.0.0.1', port, user: 'anybody', database: 'any' });
    // What the pool says of connections that lie idle is heard elsewhere.
    connections.on('error', () => undefined);
    const guard = await new GuardedPool(connections).connect();
    await expect(guard.query('begin', [])).rejects.toMatchObject({ code: 'database-unavailable' });
    guard.release();
    await connections.end();
    server.close();
  });

  it('says that the database cannot be reached when no connection is to be had', async () => {
    const connect = () => Promise.reject(new AggregateError([refused('ECONNREFUSED')]));
    const pool = new GuardedPool(Object.assign(new EventEmitter(), { connect }) as unknown as pg.Pool);
    await expect(pool.connect()).rejects.toMatchObject({ code: 'database-unavailable' });
  });
});
