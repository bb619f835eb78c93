/** One statement of PGlite can take the whole of a thread, and that must not be the thread that decides. */
import { setImmediate as turn } from 'node:timers/promises';

import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';

import type { Tradewind } from '../../../src/runtime/tradewind.js';
import type { Store } from '../../../src/store/store.js';
import { smallRouter, someContext, startRealService } from '../../support/real-service.js';
import { seededRandom } from '../../support/random.js';

/** Rows that take PGlite a second or so to count; on this thread they would leave not one turn. */
const rows = 3_000_000;
const decisions = 200;

let store: Store;
let service: Tradewind;
beforeAll(async () => {
  ({ store, service } = await startRealService({ engine: 'pglite-memory' }));
  await service.createRouter(smallRouter('r'));
});
afterAll(() => service.close());

it('goes on deciding, turn after turn, while the embedded database works on one long statement', async () => {
  const random = seededRandom(1);
  let running = true;
  const counted = sql<{ count: number }>`select count(*)::int as count from generate_series(1, ${sql.lit(rows)}) as n`
    .execute(store.db)
    .finally(() => (running = false));
  for (let decided = 0; decided < decisions; decided++) {
    await service.route({ router: 'r', context: someContext(random) });
    await turn();
  }
  expect(running).toBe(true);
  expect((await counted).rows).toEqual([{ count: rows }]);
});
