/** Watches a stream of standardised residuals, outcome less prediction in standard deviations, for a change of its mean. */
export interface ChangeDetector {
  /**
   * Takes in one residual.
   * @returns how many of the last residuals, this one included, are judged to come from after a change; 0 while there is
   *   none. After an alarm the detector starts afresh.
   * @throws RangeError when the residual is not finite
   */
  add(residual: number): number;
  /** How many of the last residuals the next alarm could speak of. */
  readonly run: number;
  /** All that it remembers: a detector made from this goes on as this one does. */
  readonly state: DetectorState;
}

/** Plain finite numbers; what each of them is, is the business of the detector. */
export type DetectorState = readonly number[];

/** One residual counts for at most so many deviations, so that no single outcome, however odd, is a change. */
export const LARGEST_RESIDUAL = 3;

/** @throws RangeError when it is not finite */
export function clipped(residual: number): number {
  if (!Number.isFinite(residual)) throw new RangeError(`a residual must be finite, got ${residual}`);
  return Math.max(-LARGEST_RESIDUAL, Math.min(LARGEST_RESIDUAL, residual));
}

/** @throws RangeError when a state cannot be one of a detector that remembers so many numbers */
export function assertState(state: DetectorState, length: number): void {
  if (state.length === length && state.every(Number.isFinite)) return;
  throw new RangeError(`the state of this detector must be ${length} finite numbers, got ${state.join(', ')}`);
}
