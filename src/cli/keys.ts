/** `tradewind keys`: the keys in the store that feedback tokens are signed with. */
import type { Command } from 'commander';

import { readConfig } from '../config.js';
import { databaseTime } from '../store/maintain.js';
import { knownSigningKeys, rotateSigningKey, type StoredKey } from '../store/signing-keys.js';
import type { Store } from '../store/store.js';
import { withExamples } from './examples.js';
import { Failure } from './failures.js';
import { openDatabase, withDatabase, type DatabaseFlags } from './open-database.js';
import { print, printJson } from './output.js';
import { textTable } from './text-table.js';

interface KeysOptions extends DatabaseFlags {
  readonly json?: true;
}

export function addKeys(program: Command): void {
  const keys = program.command('keys').description('the keys that feedback tokens are signed with');
  addList(keys);
  addRotate(keys);
}

function addList(keys: Command): void {
  withDatabase(
    withExamples(keys.command('list'), 'tradewind keys list', 'DATABASE_URL=postgres://… tradewind keys list'),
  )
    .description('the keys in the database, the one that signs first; never their secrets')
    .option('--json', 'print JSON')
    .action(async (options: KeysOptions) => {
      const known = await withStore(options, knownSigningKeys);
      if (options.json) return printJson(known.map(shown));
      if (known.length === 0) return print('no keys yet; the service makes one when it first starts');
      print(...keyTable(known), ...(ownSecret() ? ['', `note: ${secretInstead}`] : []));
    });
}

function addRotate(keys: Command): void {
  withDatabase(
    withExamples(keys.command('rotate'), 'tradewind keys rotate', 'DATABASE_URL=postgres://… tradewind keys rotate'),
  )
    .summary('sign new feedback tokens with a new key')
    .description(
      'make a new key, which signs feedback tokens from now on; replicas that run take it up within seconds. Tokens that are ' +
        'still out stay good: the older keys check them for as long as any router takes outcomes (feedback_window), and are ' +
        'then dropped',
    )
    .option('--json', 'print JSON')
    .action(async (options: KeysOptions) => {
      if (ownSecret()) throw new Failure(`nothing was rotated: ${secretInstead}`);
      const known = await withStore(options, async (store) => rotateSigningKey(store, await databaseTime(store)));
      if (options.json) return printJson(known.map(shown));
      const [newest, ...older] = known;
      print(
        `key ${newest!.id} signs from now on; replicas that run take it up within seconds`,
        older.length === 0
          ? 'there was no key before'
          : `tokens of ${older.map(({ id }) => id).join(', ')} stay good for as long as outcomes are taken`,
      );
    });
}

async function withStore<T>(flags: DatabaseFlags, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openDatabase(flags);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** A service that was given secrets doesn't look at the keys in its store. */
const ownSecret = (): boolean => readConfig(process.env).secret !== undefined;
const secretInstead =
  'TRADEWIND_SECRET is set, and a service with it signs with that; to rotate it, start the service with the new secret and a comma before the old';

const shown = ({ id, madeAt, retiredAt }: StoredKey) => ({
  id,
  made_at: madeAt.toISOString(),
  ...(retiredAt ? { retired_at: retiredAt.toISOString() } : {}),
});

const second = (time: Date): string => time.toISOString().slice(0, 19).replace('T', ' ');

const keyTable = (keys: readonly StoredKey[]): string[] =>
  textTable(keys, [
    { title: 'key', text: ({ id }) => id },
    { title: 'made (UTC)', text: ({ madeAt }) => second(madeAt) },
    { title: 'retired', text: ({ retiredAt }) => (retiredAt ? second(retiredAt) : '') },
    { title: 'use', text: ({ retiredAt }) => (retiredAt ? 'checks tokens that are still out' : 'signs') },
  ]);
