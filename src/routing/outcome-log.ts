/** Outcomes kept in memory, one per decision and metric: what a store does for the service, for a router without one. */
import type { OutcomeRow, OutcomeStatus } from './outcome.js';
import { uuidBytes, uuidTimeMs } from './uuid.js';

const dayMs = 86_400_000;

export interface AppliedOutcomes {
  /** One per row, in order. */
  readonly statuses: readonly OutcomeStatus[];
  /** Rows that are new or correct another: to be added to the statistics. */
  readonly added: readonly OutcomeRow[];
  /** Rows that were corrected: to be taken out. */
  readonly corrected: readonly OutcomeRow[];
}

export class OutcomeLog {
  /** Rows by day of the decision, then by decision: one per metric, which are few. */
  private readonly days = new Map<number, Map<string, OutcomeRow[]>>();
  /** Of the decision met last: outcomes of one decision come together. */
  private latest: { readonly decisionId: string; readonly rows: OutcomeRow[] } | undefined;

  /** Meets a row again whether it comes twice in one call or in two. */
  apply(rows: readonly OutcomeRow[]): AppliedOutcomes {
    const added: OutcomeRow[] = [];
    const corrected: OutcomeRow[] = [];
    const statuses = rows.map((row): OutcomeStatus => {
      const rows = this.rowsOf(row.decisionId);
      const at = rows.findIndex(({ metric }) => metric === row.metric);
      const known = rows[at];
      if (known && known.value === row.value && known.arm === row.arm) return 'duplicate';
      if (known && !row.correction) return 'conflict';
      if (known) corrected.push(known);
      added.push(row);
      rows[known ? at : rows.length] = row;
      return 'applied';
    });
    return { statuses, added, corrected };
  }

  /** What was reported of a decision, corrections applied. */
  of(decisionId: string): readonly OutcomeRow[] {
    return this.rowsOf(decisionId);
  }

  /** Forgets decisions of days before `time`, for which feedback is refused anyway. @param time milliseconds since 1970 */
  dropBefore(time: number): void {
    for (const day of this.days.keys()) if ((day + 1) * dayMs <= time) this.days.delete(day);
    this.latest = undefined;
  }

  private rowsOf(decisionId: string): OutcomeRow[] {
    if (this.latest?.decisionId === decisionId) return this.latest.rows;
    const number = Math.floor(uuidTimeMs(uuidBytes(decisionId)) / dayMs);
    let day = this.days.get(number);
    if (!day) this.days.set(number, (day = new Map()));
    let rows = day.get(decisionId);
    if (!rows) day.set(decisionId, (rows = []));
    this.latest = { decisionId, rows };
    return rows;
  }
}
