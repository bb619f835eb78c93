import type { OutcomeRow, OutcomeStatus } from '../routing/outcome.js';
import type { Stripe } from './stripe.js';

/** Where an outcome lies on the grid of its metric, an integer; null for one that is kept but teaches nothing. */
export type TargetOf = (row: OutcomeRow) => number | null;

export interface OutcomeBatch {
  /** The replica's own stripe, at the version it knows. */
  readonly stripe: Stripe;
  /** Who writes: a name that no other process has, for it tells whose a version of the stripe is. */
  readonly owner: string;
  /** All of the stripe's router. */
  readonly rows: readonly OutcomeRow[];
  readonly targetOf: TargetOf;
  readonly receivedAt: Date;
}

/**
 * What became of an outcome; `late`: its day has been dropped from the log; `early`: its decision lies in the future;
 * `retracted`: what its source reported was taken back.
 */
export type StoredStatus = OutcomeStatus | 'late' | 'early' | 'retracted';

export interface StoredOutcomes {
  /** One per row, in order; none for those in `rest`. */
  readonly statuses: readonly StoredStatus[];
  /** Rows to add to the sums, and rows to take out, to arrive at `version` of the stripe. */
  readonly added: readonly OutcomeRow[];
  readonly corrected: readonly OutcomeRow[];
  /** The stripe's version after the last commit; unchanged when nothing was new. */
  readonly version: number;
  /** Other stripes that rows were corrected in: those changes come by reading them, like any of another replica. */
  readonly correctedStripes: readonly number[];
  /** Places of rows that are still to be sent: somebody else wrote to the stripe between two transactions. */
  readonly rest: readonly number[];
}
