import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { applyOutcomes } from '../../../src/store/apply-outcomes.js';
import { foldStripe } from '../../../src/store/fold-stripes.js';
import { maintain } from '../../../src/store/maintain.js';
import { migrate } from '../../../src/store/migrate.js';
import { openStore } from '../../../src/store/open-store.js';
import type { Store } from '../../../src/store/store.js';
import { makeDatabase } from '../../support/every-store.js';
import { outcome, targetOf } from '../../support/outcomes.js';

let store: Store;
beforeAll(async () => {
  store = await openStore({ databaseUrl: await makeDatabase() });
  await migrate(store);
  await maintain(store);
});
afterAll(() => store.close());

it('waits for nobody who folds the same stripe: one of two writes, the other leaves it at that', async () => {
  const row = outcome('racing');
  const stripe = { tenant: 'default', router: row.router, stripe: 1, version: 0 };
  await applyOutcomes(store, { stripe, owner: 'test', rows: [row], targetOf, receivedAt: new Date() });
  const first = await store.db.transaction().execute(async (holding) => {
    await holding.selectFrom('stripes').select('version').where('router', '=', row.router).forUpdate().execute();
    // Comes as far as the row of the stripe, which it writes last.
    const waiting = foldStripe(store, row, 1);
    await untilSomebodyWaits();
    expect(await foldStripe(store, row, 1)).toBe(false);
    return { waiting };
  });
  expect(await first.waiting).toBe(true);
  const { folded } = await store.db.selectFrom('stripes').select('folded').executeTakeFirstOrThrow();
  expect(folded).toBe(1);
});

/** Until a session waits for a lock that another one holds. */
async function untilSomebodyWaits(): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ waiting: number }>`
      select count(*) as waiting from pg_locks
      where not granted and locktype in ('transactionid', 'tuple')`.execute(store.db);
    if (Number(rows[0]!.waiting) > 0) return;
  }
}
