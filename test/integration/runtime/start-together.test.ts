import { sql } from 'kysely';
import { afterEach, expect, it } from 'vitest';

import type { Tradewind } from '../../../src/runtime/tradewind.js';
import { maintain } from '../../../src/store/maintain.js';
import { migrate } from '../../../src/store/migrate.js';
import { openStore } from '../../../src/store/open-store.js';
import type { Store } from '../../../src/store/store.js';
import { makeDatabase } from '../../support/every-store.js';
import { startRealService } from '../../support/real-service.js';

const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.close();
});

/** Until so many sessions wait for a table that is locked. */
async function untilWaiting(store: Store, count: number): Promise<void> {
  for (let waiting = 0; waiting < count;) {
    const { rows } = await sql<{ waiting: number }>`
      select count(*)::int as waiting from pg_locks
      where not granted and relation = 'routers'::regclass`.execute(store.db);
    waiting = rows[0]!.waiting;
  }
}

it('starts several replicas on an empty database at once, with one example router for all', async () => {
  const place = { databaseUrl: await makeDatabase() };
  const store = await openStore(place);
  running.push(store);
  await migrate(store);
  await maintain(store);
  // All find that there is no router before any has made one.
  const starting = await store.db.transaction().execute(async (transaction) => {
    await sql`lock table routers in exclusive mode`.execute(transaction);
    const services = [1, 2, 3, 4].map(() => startRealService({ place, seedExample: true }));
    await Promise.race([untilWaiting(store, services.length), Promise.all(services)]);
    return { services };
  });
  const services: Tradewind[] = [];
  for (const { service } of await Promise.all(starting.services)) {
    services.push(service);
  }
  for (const service of services) {
    running.push(service);
    expect(service.readRouter('default').revision).toBe(1);
    const answer = await service.route({ router: 'default', context: { task: 'sentiment' } });
    expect(answer.policy.name).toBe('linucb');
  }
});
