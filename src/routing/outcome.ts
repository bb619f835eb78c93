/** One metric of one decision's outcome, ready to be learned from: checked, quantised, and bound to its cell. */
export interface OutcomeRow {
  readonly tenant: string;
  readonly router: string;
  readonly decisionId: string;
  readonly metric: string;
  /** In the metric's unit, within its range. */
  readonly value: number;
  /** The arm that the outcome teaches: the one that served. */
  readonly arm: string;
  /** The arm that was chosen; differs from `arm` after a fallback, and then off-policy sums leave the row out. */
  readonly chosen: string;
  readonly propensity: number;
  readonly schema: string;
  readonly epoch: number;
  readonly features: Int16Array;
  readonly source: string;
  /** Replaces the value reported before, by an exact subtraction and addition. */
  readonly correction: boolean;
}

/** What became of a row: taken in; met again with the same value; met again with another. */
export type OutcomeStatus = 'applied' | 'duplicate' | 'conflict';

/** Where an outcome is summed. One cell per replica (stripe), so that cells of one key merge by adding. */
export interface CellKey {
  readonly schema: string;
  readonly arm: string;
  readonly metric: string;
  readonly epoch: number;
}
