/** `tradewind migrate`: brings the tables of a database up to date, for those who do it before they start replicas. */
import type { Command } from 'commander';

import { readConfig } from '../config.js';
import { migrate } from '../store/migrate.js';
import { answering } from './answering.js';
import { withExamples } from './examples.js';
import { openFree, withDatabase, type DatabaseFlags } from './open-database.js';
import { print } from './output.js';

export function addMigrate(program: Command): void {
  const command = program
    .command('migrate')
    .description('bring the tables of a database up to date (serve does it too)');
  withDatabase(withExamples(command, 'DATABASE_URL=postgres://… tradewind migrate')).action(
    async (flags: DatabaseFlags) => {
      const config = readConfig(process.env, flags);
      const store = await openFree(config);
      try {
        const run = await answering(config.databaseUrl, () => migrate(store));
        print(run.length === 0 ? 'The tables are up to date' : `Migrated: ${run.join(', ')}`);
      } finally {
        await store.close();
      }
    },
  );
}
