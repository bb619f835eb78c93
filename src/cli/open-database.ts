/** For commands that read or change the database themselves, without a service. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';

import { Option, type Command } from 'commander';

import { readConfig, settings, type Flags } from '../config.js';
import { Problem } from '../routing/problem.js';
import { pendingMigrations } from '../store/migrate.js';
import { openStore } from '../store/open-store.js';
import type { Store } from '../store/store.js';
import { answering } from './answering.js';
import { Failure } from './failures.js';

export type DatabaseFlags = Pick<Flags, 'databaseUrl' | 'dataDir'>;

/** Which database, and that an embedded one must be free. */
export function withDatabase(command: Command): Command {
  const { databaseUrl, dataDir } = settings;
  for (const { flag, description, env } of [databaseUrl, dataDir])
    command.addOption(new Option(`${flag} <value>`, `${description} (${env})`));
  return command.addHelpText(
    'after',
    '\nAn embedded database is for one process at a time: stop the service first, and start it again afterwards.\n' +
      'With Postgres (DATABASE_URL) this works while it serves.',
  );
}

/** @throws Failure where there is no database (opening an embedded one would make it), it is in use, does not answer, or is of another version */
export async function openDatabase({ databaseUrl, dataDir }: DatabaseFlags): Promise<Store> {
  const config = readConfig(process.env, { databaseUrl, dataDir });
  if (config.databaseUrl === undefined && !(await isFolder(join(config.dataDir, 'pglite'))))
    throw new Failure(`${config.dataDir} holds no database; say where it is with DATABASE_URL or TRADEWIND_DATA_DIR`);
  const store = await openFree(config);
  const pending = await answering(config.databaseUrl, () => pendingMigrations(store)).catch(async (error: unknown) => {
    await store.close();
    throw error;
  });
  if (pending.length === 0) return store;
  await store.close();
  throw new Failure(`the tables of the database are not up to date (${pending.join(', ')}); run "tradewind migrate"`);
}

/**
 * Opens a database, and says what else can be done where a service has the folder.
 * @param otherwise another way to what is wanted, in words
 * @throws Failure when the folder is in use
 */
export async function openFree(where: DatabaseFlags, otherwise?: string): Promise<Store> {
  try {
    return await openStore(where);
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'store-locked') throw error;
    // What follows the first clause is for somebody who starts a second service.
    const [taken] = error.message.split(';');
    throw new Failure(
      `${taken}, and an embedded database is for one process at a time; stop that process first` +
        (otherwise === undefined ? '' : `, or ${otherwise}`),
    );
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
