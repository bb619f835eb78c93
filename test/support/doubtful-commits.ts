/** Commits whose answer is lost, on connections of this process: `pg` is given a cable that breaks at the right moment. */
import pg from 'pg';
import { vi } from 'vitest';

/**
 * `lost before`: the connection is cut instead of the COMMIT being sent. `lost after`: the COMMIT is made, and then the
 * connection is cut. `warned`: it is made, and answered with a warning. `made`: nothing happens.
 */
export type CommitFate = 'lost before' | 'lost after' | 'warned' | 'made';

export interface DoubtfulCommits {
  /** Commits so far. */
  readonly count: number;
  restore(): void;
}

interface Connection {
  readonly stream: { destroy(error: Error): void };
}

/** @param fates of the next commits, in order; those after them are made */
export function doubtCommits(...fates: readonly CommitFate[]): DoubtfulCommits {
  const original = pg.Client.prototype.query as (this: pg.Client, ...given: unknown[]) => Promise<unknown>;
  const left = [...fates];
  let count = 0;
  const spy = vi.spyOn(pg.Client.prototype, 'query').mockImplementation(async function (
    this: pg.Client,
    ...given: unknown[]
  ) {
    if (given[0] !== 'commit') return original.apply(this, given);
    count++;
    const fate = left.shift() ?? 'made';
    if (fate === 'lost before') throw cut(this);
    const answer = await original.apply(this, given);
    if (fate === 'lost after') throw cut(this);
    if (fate === 'warned')
      this.emit('notice', { severity: 'WARNING', code: '01000', message: 'a node did not answer' } as never);
    return answer;
  } as never);
  return {
    get count() {
      return count;
    },
    restore: () => spy.mockRestore(),
  };
}

function cut(client: pg.Client): Error {
  const error = new Error('Connection terminated unexpectedly');
  (client as unknown as { readonly connection: Connection }).connection.stream.destroy(error);
  return error;
}
