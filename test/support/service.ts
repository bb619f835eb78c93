/** The real service on a database of its own, with the example router. */
import type { Service } from '../../src/runtime/service.js';
import { startTradewind } from '../../src/runtime/start-tradewind.js';
import { migrate } from '../../src/store/migrate.js';
import { openStore } from '../../src/store/open-store.js';
import type { Store } from '../../src/store/store.js';

/** @param open an empty database; one in memory by default */
export async function startService(open: () => Promise<Store> = () => openStore({ memory: true })): Promise<Service> {
  const store = await open();
  await migrate(store);
  return startTradewind({ store, secrets: ['a secret for tests that is long enough'], seedExample: true });
}
