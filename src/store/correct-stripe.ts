import { compareOutcome, toldStatus } from './compare-outcome.js';
import { addSpend } from './budget-spend.js';
import type { OutcomeBatch, StoredStatus } from './outcome-batch.js';
import type { PreparedOutcome } from './outcome-waves.js';
import { readStored, type StoredOutcome } from './read-stored.js';
import { UnknownCommit } from './store-error.js';
import type { RouterKey, Store } from './store.js';
import { advanceStripe, StaleStripe } from './stripe.js';
import { writeCorrections } from './write-corrections.js';

const attempts = 20;
const doubtfulAttempts = 3;

/**
 * Corrects rows that another replica's stripe took in, at that stripe's next version. Its owner finds its stripe stale
 * at its next write, reads the change and goes on. Corrections are rare enough for that. After a commit that is not known
 * to have been made they are made again, and those that had been made meet themselves.
 * @returns one status per row
 */
export async function correctStripe(
  store: Store,
  batch: OutcomeBatch,
  stripe: number,
  rows: readonly PreparedOutcome[],
): Promise<StoredStatus[]> {
  const inDoubt = new Set<number>();
  for (let attempt = 1; ; attempt++) {
    let statuses: readonly StoredStatus[] = [];
    try {
      const found = await correctAtPresentVersion(store, batch, stripe, rows, (before) => (statuses = before));
      return told(found, inDoubt);
    } catch (error) {
      if (error instanceof NothingToCorrect) return told(error.statuses, inDoubt);
      const again = error instanceof StaleStripe || error instanceof UnknownCommit;
      if (!again || attempt === (error instanceof StaleStripe ? attempts : doubtfulAttempts)) throw error;
      if (error instanceof UnknownCommit) statuses.forEach((status, i) => status === 'applied' && inDoubt.add(i));
    }
  }
}

/** Thrown to roll back a transaction that found nothing to correct, as that of a wave that found nothing new. */
class NothingToCorrect extends Error {
  constructor(readonly statuses: readonly StoredStatus[]) {
    super('nothing to correct');
  }
}

/** @param inDoubt rows that a transaction corrected whose commit was not known to have been made */
const told = (statuses: readonly StoredStatus[], inDoubt: ReadonlySet<number>): StoredStatus[] =>
  statuses.map((status, i) => (status === 'duplicate' && inDoubt.has(i) ? 'applied' : status));

async function correctAtPresentVersion(
  store: Store,
  batch: OutcomeBatch,
  number: number,
  rows: readonly PreparedOutcome[],
  beforeCommit: (statuses: readonly StoredStatus[]) => void,
): Promise<StoredStatus[]> {
  const { owner, receivedAt } = batch;
  const known = { ...batch.stripe, stripe: number, version: await versionOf(store, batch.stripe, number) };
  return store.db.transaction().execute(async (transaction) => {
    const stripe = { ...known, version: await advanceStripe(transaction, known, owner) };
    const stored = await readStored(transaction, stripe, rows);
    const found = rows.map((row) => compareOutcome(row, stored.get(row.name)));
    const statuses = found.map(toldStatus);
    const changes = rows.filter((_, i) => found[i] === 'applied' || found[i] === 'confirmed');
    if (changes.length === 0) throw new NothingToCorrect(statuses);
    await writeCorrections(transaction, stripe, changes, owner, receivedAt);
    const corrections = rows.filter((_, i) => found[i] === 'applied');
    const added = corrections.map(({ row }) => row);
    const counted = corrections.filter(({ name }) => !stored.get(name)!.retracted);
    const taken = counted.map(({ row, name }) => ({ ...row, ...valueOf(stored.get(name)!) }));
    await addSpend(transaction, stripe, number, batch.spend?.(added, taken) ?? [], receivedAt);
    beforeCommit(statuses);
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
