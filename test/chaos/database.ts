/** The Postgres under test, as its operator holds it: reached directly, not by way of a proxy. */
import { setTimeout as sleep } from 'node:timers/promises';

import pg from 'pg';

import { columnTypes } from '../../src/store/column-types.js';
import { startPostgres, type PostgresServer } from '../support/postgres-server.js';
import { SmallDisk } from './small-disk.js';

/** Few enough that they can be used up in a moment. */
const mostConnections = 60;
const startAttempts = 20;

export class Database {
  private turn: Promise<unknown> = Promise.resolve();
  private pool: pg.Pool;
  private name = 'postgres';
  /** When it went away, by `performance.now()`. */
  private awaySince: number | undefined;

  private constructor(
    private readonly server: PostgresServer,
    readonly disk: SmallDisk | undefined,
  ) {
    this.pool = this.newPool();
  }

  /** With the settings of a server in production, where a commit has to outlive it. */
  static async start(): Promise<Database> {
    const disk = await SmallDisk.mount();
    const settings = { max_connections: String(mostConnections), max_wal_size: '160MB', min_wal_size: '64MB' };
    return new Database(await startPostgres(settings, disk?.folder), disk);
  }

  get port(): number {
    return this.server.port;
  }

  get url(): string {
    return this.server.url(this.name);
  }

  get isAway(): boolean {
    return this.awaySince !== undefined;
  }

  /** A database with nothing in it yet, in place of the one before, which is dropped. */
  async renew(name: string): Promise<void> {
    await this.heal();
    const before = this.name;
    await this.query(`create database ${name}`);
    await this.pool.end();
    this.name = name;
    this.pool = this.newPool();
    if (before !== 'postgres') await this.query(`drop database ${before} with (force)`);
  }

  async query<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.pool.query<Row>(text, [...values])).rows;
  }

  /** Holds a transaction open for a while after the statements. */
  async hold(statements: readonly string[], ms: number): Promise<void> {
    const client = await this.pool.connect();
    let broken: Error | undefined;
    try {
      for (const statement of ['begin', ...statements]) await client.query(statement);
      await sleep(ms);
      await client.query('rollback');
    } catch (error) {
      broken = error as Error;
      throw error;
    } finally {
      client.release(broken);
    }
  }

  /** Stops it as a crash would, leaves it away for so long, and starts it again. */
  crash(awayMs: number): Promise<void> {
    return this.exclusively(async () => {
      this.awaySince = performance.now();
      await this.server.halt('immediate');
      await sleep(awayMs);
      await this.restart();
    });
  }

  /** Leaves no space on its disk for so long. @returns false where that is not possible */
  fillDisk(ms: number): Promise<boolean> {
    return this.exclusively(async () => {
      const { disk } = this;
      if (!disk || !(await disk.fill())) return false;
      await sleep(ms);
      await disk.free();
      // Where the write-ahead log found no space, the server has ended, and may not have come up again by itself.
      if (!(await this.answers(1_000))) await this.restart();
      return true;
    });
  }

  /** Sees to it that it runs, after everything that was done to it. */
  heal(): Promise<void> {
    return this.exclusively(async () => {
      if (!(await this.answers(10_000))) await this.restart();
    });
  }

  async close(): Promise<void> {
    await this.exclusively(() => this.pool.end());
    await this.server.close();
    await this.disk?.unmount();
  }

  private async restart(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      await this.server.halt('immediate');
      try {
        await this.server.start();
        this.awaySince = undefined;
        return;
      } catch (error) {
        if (attempt === startAttempts) throw error;
        await sleep(200);
      }
    }
  }

  private async answers(patienceMs: number): Promise<boolean> {
    for (const end = performance.now() + patienceMs; performance.now() < end; await sleep(100)) {
      const there = await this.query('select 1').then(
        () => true,
        () => false,
      );
      if (there) return true;
    }
    return false;
  }

  /** What is done to the server is done one at a time. */
  private exclusively<T>(act: () => Promise<T>): Promise<T> {
    const done = this.turn.then(act, act);
    this.turn = done;
    return done;
  }

  private newPool(): pg.Pool {
    const pool = new pg.Pool({
      connectionString: this.url,
      max: 8,
      types: columnTypes,
      connectionTimeoutMillis: 2_000,
      application_name: 'operator',
    });
    // The server is crashed on purpose.
    pool.on('error', () => undefined);
    pool.on('connect', (client) => client.on('error', () => undefined));
    return pool;
  }
}
