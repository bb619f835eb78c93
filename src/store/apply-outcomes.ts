/**
 * Takes in a batch of outcomes: exactly once each, in one transaction (one more where a row repeats another of the batch
 * or corrects what another stripe took in).
 *
 * The sums themselves are not written here. The log with its stripe versions is the truth, `statistics` is its fold up
 * to a version (`fold-stripe.ts`), and whoever needs the present sums reads the fold and the few versions after it.
 * Tried first: writing every changed cell in the same transaction. With 16 arms × 3 metrics at d = 64 that is 48 cells
 * of 10 KB to encode and store for each 500 rows, more work than the rows themselves.
 *
 * Rows a second, 16 arms × 3 metrics, fsync on, on two cores that had other work to do as well; one stripe, and two
 * stripes of one process at once:
 *
 *                         Postgres, 500 a batch   2,000 a batch     PGlite (in a folder)   500     2,000
 *   d = 16                31,600 and 52,900       34,200 and 52,900                        17,500  20,600
 *   d = 64                28,800 and 37,900       32,700 and 35,300                        19,000  23,300
 *
 * The server takes about 19 µs of processor time a row and this process 10 to 15, of which half is the wire protocol.
 */
import type { OutcomeRow } from '../routing/outcome.js';
import { applyWave, type AppliedWave } from './apply-wave.js';
import { correctStripe } from './correct-stripe.js';
import type { OutcomeBatch, StoredOutcomes, StoredStatus } from './outcome-batch.js';
import { outcomeWaves, type PreparedOutcome } from './outcome-waves.js';
import { isUnplaced, placeRows } from './place-rows.js';
import type { Store } from './store.js';
import { StaleStripe } from './stripe.js';

const attempts = 5;

/**
 * When this throws, nothing is known of the rows but that they may be sent again: what was committed will be met as a
 * duplicate. Where the commit is unknown, the next call finds the stripe stale until its changes have been read
 * (`stripe-changes.ts`), so the sums of the caller cannot drift from the log.
 * @throws StaleStripe | Problem 'database-unavailable' | RangeError for rows that no caller may send
 */
export async function applyOutcomes(store: Store, batch: OutcomeBatch): Promise<StoredOutcomes> {
  const statuses: StoredStatus[] = [];
  const added: OutcomeRow[] = [];
  const corrected: OutcomeRow[] = [];
  const correctedStripes = new Set<number>();
  let { stripe } = batch;
  let rest: readonly number[] = [];
  const waves = outcomeWaves(stripe, batch.rows, batch.targetOf);
  for (const [w, wave] of waves.entries()) {
    const applied = await applyPlaced(store, { ...batch, stripe }, wave, statuses).catch((error: unknown) => {
      // What was committed before is known, and not to be met as a duplicate when the caller tries again.
      if (error instanceof StaleStripe && w > 0) return undefined;
      throw error;
    });
    if (!applied) {
      rest = waves.slice(w).flatMap((later) => later.map(({ index }) => index));
      break;
    }
    added.push(...applied.added);
    corrected.push(...applied.corrected);
    stripe = { ...stripe, version: applied.version };
    for (const [number, rows] of applied.foreign) {
      const found = await correctStripe(store, batch, number, rows);
      rows.forEach(({ index }, i) => (statuses[index] = found[i]));
      if (found.includes('applied')) correctedStripes.add(number);
    }
  }
  return { statuses, added, corrected, version: stripe.version, correctedStripes: [...correctedStripes], rest };
}

/** Applies a wave, leaving out the rows whose day has no partition and can't have one. */
async function applyPlaced(
  store: Store,
  batch: OutcomeBatch,
  wave: readonly PreparedOutcome[],
  statuses: StoredStatus[],
): Promise<AppliedWave> {
  let rows = wave;
  for (let attempt = 1; ; attempt++) {
    try {
      const applied = await applyWave(store, batch, rows);
      for (const [{ index }, status] of applied.statuses) statuses[index] = status;
      return applied;
    } catch (error) {
      if (attempt === attempts || !isUnplaced(error)) throw error;
      rows = await leaveOutUnplaced(store, rows, batch.receivedAt, statuses);
    }
  }
}

async function leaveOutUnplaced(
  store: Store,
  rows: readonly PreparedOutcome[],
  now: Date,
  statuses: StoredStatus[],
): Promise<readonly PreparedOutcome[]> {
  const times = rows.map(({ shared }) => new Date(shared.decided_at));
  const places = await placeRows(store, 'feedback', times, now);
  return rows.filter(({ index }, i) => {
    const place = places[i];
    if (place !== 'placed') statuses[index] = place;
    return place === 'placed';
  });
}
