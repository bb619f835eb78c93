/** A router of a database that no service has to run for. */
import { Problem } from '../routing/problem.js';
import { didYouMean } from '../routing/nearest-name.js';
import { listRouters, readRouter } from '../store/read-router.js';
import type { RouterRecord } from '../store/router-record.js';
import type { Store } from '../store/store.js';

/** So many names are listed. */
const mostNames = 20;

/** @throws Problem 'unknown-router' naming the routers there are, where it is none of them */
export async function routerNamed(store: Store, tenant: string, router: string): Promise<RouterRecord> {
  try {
    return await readRouter(store, { tenant, router });
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'unknown-router') throw error;
  }
  const known = (await listRouters(store, tenant)).map((record) => record.router);
  const listed = known.slice(0, mostNames).join(', ') + (known.length > mostNames ? ', …' : '');
  throw new Problem(
    'unknown-router',
    `expected the name of a router (${listed || 'there are none yet'}), got "${router}"${didYouMean(router, known)}`,
  );
}
