import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import type pg from 'pg';

import { Problem } from '../routing/problem.js';
import { storeError, UnknownCommit } from './store-error.js';

/**
 * The pool that Kysely sees. It adds to that of `pg` what durability and a flaky network ask for:
 *
 * - A COMMIT counts only when the answer says COMMIT and no warning came with it. Postgres answers ROLLBACK, without an
 *   error, when the transaction had failed; a distributed engine commits with a warning when a node did not confirm.
 *   Anything else that isn't a clear refusal is unknown: `UnknownCommit`.
 * - A connection whose answer never came is thrown away, not handed to the next transaction.
 * - Everything that says "not now" becomes Problem 'database-unavailable'.
 */
export class GuardedPool implements PostgresPool {
  private readonly guards = new WeakMap<pg.PoolClient, GuardedClient>();
  /**
   * Rows written so far, in a transaction or by a statement alone, rolled back or not: each adds to the write-ahead log
   * and may leave one to vacuum.
   */
  rowsWritten = 0;

  constructor(private readonly pool: pg.Pool) {
    // Here, and not when somebody has been handed the connection: the server may end it in the bytes right after those
    // that made it, and an error that nobody listens to ends the process.
    pool.on('connect', (client) =>
      this.guards.set(client, new GuardedClient(client, (rows) => (this.rowsWritten += rows))),
    );
  }

  async connect(): Promise<PostgresPoolClient> {
    const client = await this.pool.connect().catch((error: unknown) => {
      throw storeError(error);
    });
    return this.guards.get(client)!;
  }

  end(): Promise<void> {
    return this.pool.end();
  }
}

class GuardedClient implements PostgresPoolClient {
  private broken: Error | undefined;
  private warning: string | undefined;

  constructor(
    private readonly client: pg.PoolClient,
    private readonly wrote: (rows: number) => void,
  ) {
    client.on('notice', (notice) => {
      // The class of the code, for the severity is a word of the server's language.
      if (notice.code?.startsWith('01')) this.warning = notice.message;
    });
    // Without a listener, a connection that is cut between two statements would end the process.
    client.on('error', (error) => (this.broken = error));
  }

  // The second form of Kysely's interface, a cursor, is not used here: long reads are paged.
  query = (async (sql: string, parameters: readonly unknown[]) => {
    if (sql === 'commit') return this.commit();
    // Nothing to undo over a connection that is thrown away: the server does it.
    if (sql === 'rollback' && this.broken) return { command: 'ROLLBACK', rowCount: 0, rows: [] };
    return this.run(sql, parameters);
  }) as PostgresPoolClient['query'];

  release(): void {
    this.client.release(this.broken);
  }

  private async run(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<unknown>> {
    try {
      const result = await this.client.query(sql, parameters as unknown[]);
      if (writing.has(result.command)) this.wrote(result.rowCount ?? 0);
      return result as unknown as PostgresQueryResult<unknown>;
    } catch (error) {
      if (!hasSqlState(error)) this.broken = error instanceof Error ? error : new Error(String(error));
      throw storeError(error);
    }
  }

  private async commit(): Promise<PostgresQueryResult<unknown>> {
    this.warning = undefined;
    const result = await this.run('commit', []).catch((error: unknown) => {
      // A server that is told to stop while it waits for a standby has committed, and says so in the words of a failure.
      if (!this.broken && !(error instanceof Problem)) throw error;
      this.broken ??= error as Error;
      throw new UnknownCommit(error);
    });
    if ((result.command as string) !== 'COMMIT') throw new Error('the transaction had failed and was rolled back');
    if (this.warning !== undefined) {
      this.broken = new Error(this.warning);
      throw new UnknownCommit(this.broken);
    }
    return result;
  }
}

/** What Postgres calls statements that write rows, in its answers. */
const writing: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE', 'COPY']);

const hasSqlState = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code);
