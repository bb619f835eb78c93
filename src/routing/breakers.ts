/**
 * The circuit breakers of a router's arms, and what counts for them. Each decision counts once, whatever is told of it, in
 * however many items and in whatever order:
 *
 * - It failed when anybody says `failed`; nothing else that is said of it counts then.
 * - Otherwise it went well: it parts the failures before it from those after it, until its own failure is told
 *   (`failure-row.ts`).
 * - A trial has succeeded at once when its accuracy is above 0, which no failure has. Anything else, as the energy or the
 *   cost, a failure has too: the trial has succeeded when its time is up and no failure was told by then.
 */
import {
  afterChoice,
  afterFailure,
  afterSign,
  afterSuccess,
  closedBreaker,
  isOpen,
  type BreakerOptions,
  type BreakerState,
} from './breaker.js';
import { FailureRow } from './failure-row.js';
import type { OutcomeRow } from './outcome.js';
import { uuidBytes, uuidTimeMs } from './uuid.js';
import { failedMetric } from './validate-spec.js';

export class Breakers {
  /** Those that are not closed. */
  private readonly states = new Map<string, BreakerState>();
  /** Of arms that failed lately and whose breaker is closed. */
  private readonly rows = new Map<string, FailureRow>();

  get allClosed(): boolean {
    return this.states.size === 0;
  }

  /** Arms that are held out at `now`. */
  openAt(now: number): string[] {
    return [...this.states].filter(([, state]) => isOpen(state, now)).map(([arm]) => arm);
  }

  /** If the chosen arm's breaker is due for a trial, this decision is it. */
  chosen(arm: string, decisionId: string, options: BreakerOptions): void {
    const state = this.states.get(arm);
    if (state) this.put(arm, afterChoice(state, options, timeOf(decisionId)));
  }

  /** @param rows outcomes that were taken in, each once */
  learned(rows: readonly OutcomeRow[], options: BreakerOptions, now: number): void {
    const failures = new Set(rows.filter(isFailure).map(wordOn));
    for (const row of rows) {
      if (isFailure(row)) this.failed(row, options, now);
      else if (!failures.has(wordOn(row))) this.wentWell(row, now);
    }
  }

  /** Forgets all arms but these. */
  keep(arms: readonly string[]): void {
    for (const known of [this.states, this.rows])
      for (const arm of known.keys()) if (!arms.includes(arm)) known.delete(arm);
  }

  private failed({ arm, decisionId }: OutcomeRow, options: BreakerOptions, now: number): void {
    const state = this.states.get(arm);
    if (!state && this.rowOf(arm).failed(decisionId) < options.failures) return;
    this.rows.delete(arm);
    this.put(arm, afterFailure(state ?? closedBreaker, options, now, timeOf(decisionId)));
  }

  private wentWell(row: OutcomeRow, now: number): void {
    const { arm, decisionId } = row;
    const [state, failures] = [this.states.get(arm), this.rows.get(arm)];
    failures?.wentWell(decisionId);
    if (failures?.isEmpty) this.rows.delete(arm);
    if (state) this.put(arm, (isProof(row) ? afterSuccess : afterSign)(state, now, timeOf(decisionId)));
  }

  private rowOf(arm: string): FailureRow {
    const row = this.rows.get(arm) ?? new FailureRow();
    this.rows.set(arm, row);
    return row;
  }

  private put(arm: string, state: BreakerState): void {
    if (state === closedBreaker) this.states.delete(arm);
    else this.states.set(arm, state);
  }
}

const isFailure = ({ metric }: OutcomeRow): boolean => metric === failedMetric;

const isProof = ({ metric, value }: OutcomeRow): boolean => metric === 'accuracy' && value > 0;

/** Of one decision, the chosen arm may have failed and another have served. */
const wordOn = ({ decisionId, arm }: OutcomeRow): string => `${decisionId} ${arm}`;

const timeOf = (decisionId: string): number => uuidTimeMs(uuidBytes(decisionId));
