import pg from 'pg';
import { expect, it } from 'vitest';

import { answering } from '../../../src/cli/answering.js';
import { Failure } from '../../../src/cli/failures.js';
import { migrate } from '../../../src/store/migrate.js';
import { openStore } from '../../../src/store/open-store.js';

const url = 'postgres://nobody:secret@127.0.0.1:1/none';

it('names the setting and the place of a Postgres that does not answer, never the password', async () => {
  const store = await openStore({ databaseUrl: url });
  const refusal = await answering(url, () => migrate(store)).catch((error: unknown) => error);
  await store.close();
  expect(refusal).toBeInstanceOf(Failure);
  expect((refusal as Failure).message).toBe(
    'expected a Postgres that answers at 127.0.0.1:1 (DATABASE_URL), got connect ECONNREFUSED 127.0.0.1:1; ' +
      'start it or correct DATABASE_URL',
  );
});

it('says the same of one that lets nobody in', async () => {
  const error = new pg.DatabaseError('password authentication failed for user "nobody"', 1, 'error');
  error.code = '28P01';
  await expect(answering(url, () => Promise.reject(error))).rejects.toThrow('authentication failed');
  await expect(answering(url, () => Promise.reject(error))).rejects.toThrow('correct DATABASE_URL');
});

it('leaves other errors, and those of an embedded database, as they are', async () => {
  const odd = new Error('odd');
  await expect(answering(url, () => Promise.reject(odd))).rejects.toBe(odd);
  await expect(answering(undefined, () => Promise.reject(odd))).rejects.toBe(odd);
});
