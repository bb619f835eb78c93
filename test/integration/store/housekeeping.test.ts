/** The embedded database is kept in order whatever it is that writes to it. */
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { insertDecisions } from '../../../src/store/insert-decisions.js';
import { maintain } from '../../../src/store/maintain.js';
import { migrate } from '../../../src/store/migrate.js';
import { openStore } from '../../../src/store/open-store.js';
import type { Store } from '../../../src/store/store.js';
import { decision } from '../../support/outcomes.js';

let store: Store;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  store = await openStore({ memory: true });
  await migrate(store);
  await maintain(store);
});
afterEach(async () => {
  await store.close();
  vi.useRealTimers();
});

const checkpointMs = 300_000;
const many = Array.from({ length: 100 }, () => decision('r'));

/** Where in the write-ahead log a start after a crash would begin. */
const checkpoint = async (): Promise<string> => {
  const { rows } = await sql<{ at: string }>`select redo_lsn::text as at from pg_control_checkpoint()`.execute(
    store.db,
  );
  return rows[0].at;
};

it('checkpoints where decisions are logged and nothing else is written, and not before', async () => {
  const before = await checkpoint();
  vi.advanceTimersByTime(checkpointMs);
  await expect(expect.poll(checkpoint).not.toBe(before)).rejects.toThrow();
  await insertDecisions(store, many, new Date());
  vi.advanceTimersByTime(checkpointMs);
  await expect.poll(checkpoint).not.toBe(before);
});
