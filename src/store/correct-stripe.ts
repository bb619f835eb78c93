import { compareOutcome, toldStatus } from './compare-outcome.js';
import type { OutcomeBatch, StoredStatus } from './outcome-batch.js';
import type { PreparedOutcome } from './outcome-waves.js';
import { readStored } from './read-stored.js';
import { isLostRace, UnknownCommit } from './store-error.js';
import type { RouterKey, Store } from './store.js';
import { advanceStripe, StaleStripe, type Stripe } from './stripe.js';
import { wasWritten } from './was-written.js';
import { writeCorrections } from './write-corrections.js';

/** Of commits in doubt, and of transactions that came too late or lost against another. */
const attempts = { doubt: 3, stale: 20 };

interface Corrected {
  readonly statuses: StoredStatus[];
  readonly version: number;
  /** A row that was replaced. */
  readonly written: PreparedOutcome;
}

/**
 * Corrects rows that another replica's stripe took in, at that stripe's next version. Its owner finds its stripe stale
 * at its next write, reads the change and goes on. Corrections are rare enough for that. After a commit that is not known
 * to have been made they are made again, unless the version that it was to make turns out to hold them.
 * @returns one status per row
 */
export async function correctStripe(
  store: Store,
  batch: OutcomeBatch,
  stripe: number,
  rows: readonly PreparedOutcome[],
): Promise<StoredStatus[]> {
  const left = { ...attempts };
  let inDoubt: Corrected | undefined;
  for (;;) {
    const known = { ...batch.stripe, stripe, version: await versionOf(store, batch.stripe, stripe) };
    if (inDoubt && (await wasMade(store, batch, known, inDoubt))) return inDoubt.statuses;
    let made: Corrected | undefined;
    try {
      return await correctAt(store, batch, known, rows, (corrected) => (made = corrected));
    } catch (error) {
      if (error instanceof NothingToCorrect) return error.statuses;
      const kind = error instanceof UnknownCommit ? 'doubt' : 'stale';
      if (kind === 'stale' && !(error instanceof StaleStripe) && !isLostRace(error)) throw error;
      if (--left[kind] === 0) throw error;
      inDoubt = kind === 'doubt' ? made : inDoubt;
    }
  }
}

/** Thrown to roll back a transaction that found nothing to correct, as that of a wave that found nothing new. */
class NothingToCorrect extends Error {
  constructor(readonly statuses: StoredStatus[]) {
    super('nothing to correct');
  }
}

/** Had it been made, the stripe would have come as far: a writer that finds it where it was before waits for its row. */
async function wasMade(
  store: Store,
  { receivedAt }: OutcomeBatch,
  known: Stripe,
  { version, written }: Corrected,
): Promise<boolean> {
  return known.version >= version && (await wasWritten(store, { ...known, version }, written, receivedAt));
}

async function correctAt(
  store: Store,
  batch: OutcomeBatch,
  known: Stripe,
  rows: readonly PreparedOutcome[],
  beforeCommit: (corrected: Corrected) => void,
): Promise<StoredStatus[]> {
  const { owner, receivedAt } = batch;
  return store.db.transaction().execute(async (transaction) => {
    const stripe = { ...known, version: await advanceStripe(transaction, known, owner) };
    const stored = await readStored(transaction, stripe, rows);
    const found = rows.map((row) => compareOutcome(row, stored.get(row.name)));
    const statuses = found.map(toldStatus);
    const changes = rows.filter((_, i) => found[i] === 'applied' || found[i] === 'confirmed');
    if (changes.length === 0) throw new NothingToCorrect(statuses);
    await writeCorrections(transaction, stripe, changes, owner, receivedAt);
    beforeCommit({ statuses, version: stripe.version, written: changes[0] });
    return statuses;
  });
}

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
