import { sql, type Kysely } from 'kysely';

import type { GuardedPool } from './guarded-pool.js';
import type { StoreLogger } from './store.js';

export interface Housekeeping {
  stop(): Promise<void>;
}

const vacuumEveryMs = 30_000;
const checkpointEveryMs = 300_000;
/** Rows written that are worth it: a service that nobody asks writes a heartbeat of one row every 5 s. */
const worthwhileRows = 100;

/**
 * What a Postgres server does by itself and PGlite, a single process without background workers, does not: vacuum the
 * rows that are rewritten all the time, look at what the tables hold, for the planner, and checkpoint, so that the
 * write-ahead log is recycled and a start after a crash is quick. Next to nothing is done while next to nothing is written.
 */
export function keepHouse<T>(db: Kysely<T>, pool: GuardedPool, logger: StoreLogger): Housekeeping {
  let running: Promise<void> = Promise.resolve();
  const everyChange = (statements: readonly string[]) => {
    let seen = pool.rowsWritten;
    return () => {
      if (pool.rowsWritten < seen + worthwhileRows) return;
      seen = pool.rowsWritten;
      running = running.then(() => runAll(db, statements, logger));
    };
  };
  const timers = [
    setInterval(
      everyChange(['vacuum statistics', 'vacuum stripes', 'vacuum budget_spend', 'vacuum watches', 'analyze']),
      vacuumEveryMs,
    ),
    setInterval(everyChange(['checkpoint']), checkpointEveryMs),
  ];
  for (const timer of timers) timer.unref();
  const stop = async () => {
    for (const timer of timers) clearInterval(timer);
    await running;
  };
  return { stop };
}

async function runAll<T>(db: Kysely<T>, statements: readonly string[], logger: StoreLogger): Promise<void> {
  try {
    for (const statement of statements) await sql.raw(statement).execute(db);
  } catch (error) {
    logger.warn({ error: String(error) }, 'housekeeping of the embedded database failed; it is tried again');
  }
}
