import { compareOutcome } from './compare-outcome.js';
import { addSpend } from './budget-spend.js';
import type { OutcomeBatch, StoredStatus } from './outcome-batch.js';
import type { PreparedOutcome } from './outcome-waves.js';
import { readStored, type StoredOutcome } from './read-stored.js';
import type { RouterKey, Store } from './store.js';
import { advanceStripe, StaleStripe } from './stripe.js';
import { writeCorrections } from './write-corrections.js';

const attempts = 20;

/**
 * Corrects rows that another replica's stripe took in, at that stripe's next version. Its owner finds its stripe stale
 * at its next write, reads the change and goes on. Corrections are rare enough for that.
 * @returns one status per row
 */
export async function correctStripe(
  store: Store,
  batch: OutcomeBatch,
  stripe: number,
  rows: readonly PreparedOutcome[],
): Promise<StoredStatus[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await correctAtPresentVersion(store, batch, stripe, rows);
    } catch (error) {
      if (!(error instanceof StaleStripe) || attempt === attempts) throw error;
    }
  }
}

async function correctAtPresentVersion(
  store: Store,
  batch: OutcomeBatch,
  number: number,
  rows: readonly PreparedOutcome[],
): Promise<StoredStatus[]> {
  const { owner, receivedAt } = batch;
  const known = { ...batch.stripe, stripe: number, version: await versionOf(store, batch.stripe, number) };
  return store.db.transaction().execute(async (transaction) => {
    const stripe = { ...known, version: await advanceStripe(transaction, known, owner) };
    const stored = await readStored(transaction, stripe, rows);
    const statuses = rows.map((row) => compareOutcome(row, stored.get(row.name)));
    const corrections = rows.filter((_, i) => statuses[i] === 'applied');
    await writeCorrections(transaction, stripe, corrections, owner, receivedAt);
    const added = corrections.map(({ row }) => row);
    const counted = corrections.filter(({ name }) => !stored.get(name)!.retracted);
    const taken = counted.map(({ row, name }) => ({ ...row, ...valueOf(stored.get(name)!) }));
    await addSpend(transaction, stripe, number, batch.spend?.(added, taken) ?? [], receivedAt);
    return statuses;
  });
}

const valueOf = ({ value, arm, source }: StoredOutcome) => ({ value, arm, source });

async function versionOf(store: Store, { tenant, router }: RouterKey, stripe: number): Promise<number> {
  const row = await store.db
    .selectFrom('stripes')
    .select('version')
    .where('tenant', '=', tenant)
    .where('router', '=', router)
    .where('stripe', '=', stripe)
    .executeTakeFirst();
  return row?.version ?? 0;
}
