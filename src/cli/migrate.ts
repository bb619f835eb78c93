/** `tradewind migrate`: brings the tables of a database up to date, for those who do it before they start replicas. */
import { Option, type Command } from 'commander';

import { readConfig, settings, type Flags } from '../config.js';
import { migrate } from '../store/migrate.js';
import { openStore } from '../store/open-store.js';
import { withExamples } from './examples.js';
import { print } from './output.js';

export function addMigrate(program: Command): void {
  const { databaseUrl, dataDir } = settings;
  const command = program
    .command('migrate')
    .description('bring the tables of a database up to date (serve does it too)');
  for (const { flag, description, env } of [databaseUrl, dataDir]) {
    command.addOption(new Option(`${flag} <value>`, `${description} (${env})`));
  }
  withExamples(command, 'DATABASE_URL=postgres://… tradewind migrate').action(async (flags: Flags) => {
    const store = await openStore(readConfig(process.env, flags));
    try {
      const run = await migrate(store);
      print(run.length === 0 ? 'The tables are up to date' : `Migrated: ${run.join(', ')}`);
    } finally {
      await store.close();
    }
  });
}
