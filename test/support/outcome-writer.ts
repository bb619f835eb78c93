/**
 * A process that writes outcomes as fast as it can and says of each batch when it is committed, until it is killed.
 * Argument: the options of `openStore` as JSON. Prints "open", then the ids of acknowledged decisions, a batch a line.
 * Every other decision is reported twice, and every tenth corrected.
 */
import { applyOutcomes } from '../../src/store/apply-outcomes.js';
import { claimStripe } from '../../src/store/claim-stripe.js';
import { foldStripe } from '../../src/store/fold-stripes.js';
import { loadStatistics } from '../../src/store/load-statistics.js';
import { maintain } from '../../src/store/maintain.js';
import { migrate } from '../../src/store/migrate.js';
import { openStore } from '../../src/store/open-store.js';
import type { StoreOptions } from '../../src/store/open-store.js';
import { decisionId, features, outcome, targetOf } from './outcomes.js';

const key = { tenant: 'default', router: 'killed' };
const owner = `process ${process.pid}`;
const batchSize = 20;

const store = await openStore(JSON.parse(process.argv[2] ?? '{}') as StoreOptions);
await migrate(store);
await maintain(store);
const stripe = await claimStripe(store, owner, 0);
let version = (await loadStatistics(store, key)).versions[stripe] ?? 0;
process.stdout.write('open\n');

for (let batch = 1; ; batch++) {
  const ids = Array.from({ length: batchSize }, () => decisionId());
  const rows = ids.flatMap((id, i) => {
    const row = outcome(key.router, { decisionId: id, features: features(batch % 4096, i), value: (i % 9) / 8 });
    return i % 10 === 0 ? [row, { ...row, value: 2, correction: true }] : i % 2 === 0 ? [row, row] : [row];
  });
  const stored = await applyOutcomes(store, {
    stripe: { ...key, stripe, version },
    owner,
    rows,
    targetOf,
    receivedAt: new Date(),
  });
  version = stored.version;
  process.stdout.write(`${ids.join(' ')}\n`);
  if (batch % 25 === 0) await foldStripe(store, key, stripe);
}
