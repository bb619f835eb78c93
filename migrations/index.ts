/** Every migration in the order of its name. The list is written out so that it is the same in the built program. */
import type { Kysely } from 'kysely';

import * as firstTables from './0001-first-tables.js';
import * as retractions from './0002-retractions.js';
import * as watches from './0003-watches.js';

export interface Migration {
  readonly name: string;
  up(db: Kysely<unknown>): Promise<void>;
}

export const migrations: readonly Migration[] = [
  { name: '0001-first-tables', up: firstTables.up },
  { name: '0002-retractions', up: retractions.up },
  { name: '0003-watches', up: watches.up },
];
