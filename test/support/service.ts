/** The real service on a database of its own in memory, with the example router. */
import type { Service } from '../../src/runtime/service.js';
import { startTradewind } from '../../src/runtime/start-tradewind.js';
import { migrate } from '../../src/store/migrate.js';
import { openStore } from '../../src/store/open-store.js';

export async function startService(): Promise<Service> {
  const store = await openStore({ memory: true });
  await migrate(store);
  return startTradewind({ store, secrets: ['a secret for tests that is long enough'], seedExample: true });
}
