/** Migrations while replicas serve and start. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { sql } from 'kysely';

import { migrations, type Migration } from '../../../migrations/index.js';
import { migrate } from '../../../src/store/migrate.js';
import { openStore } from '../../../src/store/open-store.js';
import { between, type Fault, type World } from './fault.js';

const command: Fault = {
  kind: '"tradewind migrate" while serving',
  weight: 1,
  async inject({ database, program }) {
    if (database.isAway) return false;
    const env = { PATH: process.env['PATH'], DATABASE_URL: database.url };
    return promisify(execFile)(process.execPath, [join(program, 'src', 'cli', 'main.js'), 'migrate'], { env }).then(
      () => true,
      () => false,
    );
  },
};

/** Locks both logs for a moment, with everything that is attached to them, as adding a column does. */
function columnsAdded(name: string, holdMs: number): Migration {
  return {
    name,
    async up(db) {
      for (const table of ['feedback', 'decisions'])
        await sql`alter table ${sql.id(table)} add column ${sql.id(name)} int`.execute(db);
      await sleep(holdMs);
    },
  };
}

const change: Fault = {
  kind: 'migration that changes the logs while serving',
  weight: 3,
  async inject(world, random) {
    const name = `chaos_${random.below(1e9)}`;
    const store = await openStore({ databaseUrl: world.database.url, poolSize: 1 });
    try {
      await migrate(store, [...migrations, columnsAdded(name, between(random, 0, 800))]);
      return true;
    } catch {
      return false;
    } finally {
      await store.close();
      // A program refuses a database with a migration that it doesn't know: replicas could not start any more.
      await takeBack(world, name);
    }
  },
};

/** Until it has been done: the database may be away. */
async function takeBack({ database }: World, name: string): Promise<void> {
  const statements = ['feedback', 'decisions'].map((table) => `alter table ${table} drop column if exists ${name}`);
  const text = [...statements, `delete from schema_migrations where name = '${name}'`].join(';');
  for (;;) {
    try {
      await database.query(text);
      return;
    } catch {
      await sleep(200);
    }
  }
}

export const migrationFaults: readonly Fault[] = [command, change];
