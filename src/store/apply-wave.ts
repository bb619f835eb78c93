/**
 * One wave of outcomes in one transaction.
 *
 * 1. The stripe takes its next version, and fails if somebody else wrote to it (`stripe.ts`).
 * 2. The rows are inserted; those met before are skipped, and the database says which ones were new.
 * 3. Rows met before are compared: the same value is a duplicate, another one a conflict, or a correction where the row
 *    says so. A correction belongs to the stripe that took the row in, because only that stripe's sums hold it: one of
 *    this stripe is made here, one of another stripe in a transaction of its own (`correct-stripe.ts`).
 *
 * A commit that is not known to have been made is made again, from the stripe's version before it. Had it been made
 * after all, or is it being made this moment, the stripe is at a later version, which its row says as soon as it is free;
 * whether the version in question is the one that was to be made is told by a row that it was to bring (`was-written.ts`),
 * however far others have moved the stripe since. If it isn't, nothing was written, the stripe is stale, and the caller
 * sends the rows again. So no row is ever told to be a duplicate of itself.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import type { Transaction } from 'kysely';

import type { OutcomeRow } from '../routing/outcome.js';
import { compareOutcome, toldStatus } from './compare-outcome.js';
import { insertOutcomes } from './insert-outcomes.js';
import type { OutcomeBatch, StoredStatus } from './outcome-batch.js';
import type { PreparedOutcome } from './outcome-waves.js';
import { readStored, type StoredOutcome } from './read-stored.js';
import { isLostRace, UnknownCommit } from './store-error.js';
import type { Store } from './store.js';
import { advanceStripe, StaleStripe } from './stripe.js';
import type { Tables } from './tables.js';
import { wasWritten } from './was-written.js';
import { writeCorrections } from './write-corrections.js';

export interface AppliedWave {
  readonly statuses: ReadonlyMap<PreparedOutcome, StoredStatus>;
  readonly added: readonly OutcomeRow[];
  readonly corrected: readonly OutcomeRow[];
  readonly version: number;
  /** Corrections of rows that another stripe took in. */
  readonly foreign: ReadonlyMap<number, readonly PreparedOutcome[]>;
}

/** Thrown to roll back a transaction that found nothing new: the version stays, and nobody is woken by duplicates. */
class NothingNew extends Error {
  constructor(readonly applied: AppliedWave) {
    super('nothing new');
  }
}

/** Of commits in doubt, and of transactions that lost against another and were certainly undone. */
const attempts = { doubt: 3, race: 5 };
/** For a server that is just coming back; doubled each time. */
const pauseMs = 100;

/** A transaction whose COMMIT was sent, and a row that it wrote. */
interface Made {
  readonly applied: AppliedWave;
  readonly written: PreparedOutcome;
}

/**
 * @returns the wave at the version that took it in, which others may have moved the stripe on from
 * @throws StaleStripe | UnknownCommit when it is still not known after some attempts
 */
export async function applyWave(
  store: Store,
  batch: OutcomeBatch,
  rows: readonly PreparedOutcome[],
): Promise<AppliedWave> {
  const { version } = batch.stripe;
  if (rows.length === 0) return { statuses: new Map(), added: [], corrected: [], version, foreign: new Map() };
  const left = { ...attempts };
  // Of two in doubt only the later can have been made: it found the stripe where the earlier one began.
  let inDoubt: Made | undefined;
  for (;;) {
    let made: Made | undefined;
    try {
      const done = await store.db
        .transaction()
        .execute(async (transaction) => (made = await insertAndCorrect(transaction, batch, rows)));
      return done.applied;
    } catch (error) {
      if (error instanceof NothingNew) return error.applied;
      if (error instanceof StaleStripe && inDoubt && (await wasMade(store, batch, inDoubt))) return inDoubt.applied;
      const isDoubtful = error instanceof UnknownCommit;
      if (!isDoubtful && !isLostRace(error)) throw error;
      if (--left[isDoubtful ? 'doubt' : 'race'] === 0) throw error;
      if (!isDoubtful) continue;
      inDoubt = made;
      await sleep(pauseMs * 2 ** (attempts.doubt - left.doubt - 1));
    }
  }
}

const wasMade = (store: Store, { stripe, receivedAt }: OutcomeBatch, { applied, written }: Made): Promise<boolean> =>
  wasWritten(store, { ...stripe, version: applied.version }, written, receivedAt);

async function insertAndCorrect(
  transaction: Transaction<Tables>,
  batch: OutcomeBatch,
  rows: readonly PreparedOutcome[],
): Promise<Made> {
  const { owner, receivedAt } = batch;
  const version = await advanceStripe(transaction, batch.stripe, owner);
  const stripe = { ...batch.stripe, version };
  const fresh = await insertOutcomes(transaction, stripe, rows, receivedAt);
  const met = rows.filter(({ name }) => !fresh.has(name));
  const sorted = sortOut(stripe.stripe, met, await readStored(transaction, stripe, met));
  const inserted = rows.filter(({ name }) => fresh.has(name));
  for (const row of inserted) sorted.statuses.set(row, 'applied');
  const added = [...inserted, ...sorted.own].map(({ row }) => row);
  const written = [...inserted, ...sorted.own, ...sorted.confirmed];
  if (written.length === 0) throw new NothingNew({ ...sorted, added, version: batch.stripe.version });
  await writeCorrections(transaction, stripe, [...sorted.own, ...sorted.confirmed], owner, receivedAt);
  return { applied: { ...sorted, added, version }, written: written[0] };
}

interface Sorted {
  readonly statuses: Map<PreparedOutcome, StoredStatus>;
  readonly own: PreparedOutcome[];
  /** Rows that become another source's, and change no sums. */
  readonly confirmed: PreparedOutcome[];
  /** What the own corrections take out. */
  readonly corrected: OutcomeRow[];
  readonly foreign: Map<number, PreparedOutcome[]>;
}

/** Says what each row that was met before is, and which stripe has to correct what. */
function sortOut(stripe: number, met: readonly PreparedOutcome[], stored: ReadonlyMap<string, StoredOutcome>): Sorted {
  const sorted: Sorted = { statuses: new Map(), own: [], confirmed: [], corrected: [], foreign: new Map() };
  for (const prepared of met) {
    const known = stored.get(prepared.name);
    const status = compareOutcome(prepared, known);
    sorted.statuses.set(prepared, toldStatus(status));
    if (!known || (status !== 'applied' && status !== 'confirmed')) continue;
    if (known.stripe === stripe && status === 'confirmed') {
      sorted.confirmed.push(prepared);
    } else if (known.stripe === stripe) {
      sorted.own.push(prepared);
      // What was taken back is in no sums any more.
      if (!known.retracted)
        sorted.corrected.push({ ...prepared.row, value: known.value, arm: known.arm, source: known.source });
    } else {
      sorted.foreign.set(known.stripe, [...(sorted.foreign.get(known.stripe) ?? []), prepared]);
    }
  }
  return sorted;
}
