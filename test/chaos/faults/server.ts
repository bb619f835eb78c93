/** What happens to the database server. */
import { setTimeout as sleep } from 'node:timers/promises';

import pg from 'pg';

import type { Database } from '../database.js';
import { between, type Fault } from './fault.js';

const crashed: Fault = {
  kind: 'database stopped at once and started again',
  weight: 5,
  async inject({ database }, random) {
    await database.crash(random.below(1_000));
    return true;
  },
};

const away: Fault = {
  kind: 'database away for seconds',
  weight: 1,
  async inject({ database }, random) {
    await database.crash(between(random, 3_000, 8_000));
    return true;
  },
};

/** Drawn once in a long run, by its name. */
export const awayForAMinute: Fault = {
  kind: 'database away for a minute',
  weight: 0,
  async inject({ database }) {
    await database.crash(60_000);
    return true;
  },
};

const ofReplicas = `from pg_stat_activity where application_name = 'tradewind' and pid <> pg_backend_pid()`;

/** Does something to a session of the replicas, picked among those that are busy where there are any. */
const toSession = (kind: string, weight: number, what: string): Fault => ({
  kind,
  weight,
  async inject({ database }, random) {
    const chosen = `select pid ${ofReplicas} order by state = 'idle', md5(pid::text || $1) limit 1`;
    const done = await database.query<{ done: boolean }>(`select ${what}(pid) as done from (${chosen}) s`, [
      String(random.below(1e9)),
    ]);
    return done.some((row) => row.done);
  },
});

const full: Fault = {
  kind: 'server out of connections',
  weight: 3,
  async inject({ database }, random) {
    const taken = await takeConnections(database);
    try {
      // Sessions that replicas have are ended, so that they need new ones.
      await database.query(`select pg_terminate_backend(pid) ${ofReplicas}`);
      await takeConnections(database, taken);
      await sleep(between(random, 500, 2_000));
    } finally {
      await Promise.all(taken.map((client) => client.end().catch(() => undefined)));
    }
    return taken.length > 0;
  },
};

/** Opens connections until there are none left. */
async function takeConnections(database: Database, taken: pg.Client[] = []): Promise<pg.Client[]> {
  for (;;) {
    const some = Array.from({ length: 8 }, () => new pg.Client({ connectionString: database.url }));
    const opened = await Promise.all(
      some.map(async (client) => {
        client.on('error', () => undefined);
        return client.connect().then(
          () => true,
          () => false,
        );
      }),
    );
    taken.push(...some.filter((_, i) => opened[i]));
    if (opened.includes(false)) return taken;
  }
}

const diskFull: Fault = {
  kind: 'disk full',
  weight: 3,
  inject: ({ database }, random) => database.fillDisk(between(random, 300, 2_000)),
};

export const serverFaults: readonly Fault[] = [
  crashed,
  away,
  toSession('session ended by the operator', 6, 'pg_terminate_backend'),
  toSession('statement cancelled by the operator', 5, 'pg_cancel_backend'),
  full,
];

export { diskFull };
