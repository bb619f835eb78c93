import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { GuardedPool } from '../../../src/store/guarded-pool.js';
import { keepHouse } from '../../../src/store/housekeeping.js';
import { silent } from '../../../src/store/store.js';

describe('housekeeping of an embedded database', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('vacuums and checkpoints while rows are written, rests while next to none are, and stops', async () => {
    const statements: string[] = [];
    const db = new Kysely<object>({
      dialect: {
        createAdapter: () => new PostgresAdapter(),
        createDriver: () => new DummyDriver(),
        createIntrospector: (database) => new PostgresIntrospector(database),
        createQueryCompiler: () => new PostgresQueryCompiler(),
      },
      log: ({ query }) => void statements.push(query.sql),
    });
    const pool = { rowsWritten: 0 };
    const housekeeping = keepHouse(db, pool as GuardedPool, silent);
    const pass = async (ms: number) => {
      statements.length = 0;
      await vi.advanceTimersByTimeAsync(ms);
      return statements;
    };
    expect(await pass(600_000)).toEqual([]);
    pool.rowsWritten = 99;
    expect(await pass(600_000)).toEqual([]);
    pool.rowsWritten = 100;
    expect(await pass(30_000)).toContain('vacuum statistics');
    expect(await pass(240_000)).toEqual([]);
    expect(await pass(60_000)).toEqual(['checkpoint']);
    await housekeeping.stop();
    pool.rowsWritten = 1_000;
    expect(await pass(600_000)).toEqual([]);
  });
});
