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
  /** Rows by day of the decision, then by decision and metric. */
  private readonly days = new Map<number, Map<string, OutcomeRow>>();

  /** Meets a row again whether it comes twice in one call or in two. */
  apply(rows: readonly OutcomeRow[]): AppliedOutcomes {
    const added: OutcomeRow[] = [];
    const corrected: OutcomeRow[] = [];
    const statuses = rows.map((row): OutcomeStatus => {
      const day = this.dayOf(row);
      const key = `${row.decisionId} ${row.metric}`;
      const known = day.get(key);
      if (known && known.value === row.value && known.arm === row.arm) return 'duplicate';
      if (known && !row.correction) return 'conflict';
      if (known) corrected.push(known);
      added.push(row);
      day.set(key, row);
      return 'applied';
    });
    return { statuses, added, corrected };
  }

  /** Forgets decisions of days before `time`, for which feedback is refused anyway. @param time milliseconds since 1970 */
  dropBefore(time: number): void {
    for (const day of this.days.keys()) if ((day + 1) * dayMs <= time) this.days.delete(day);
  }

  private dayOf(row: OutcomeRow): Map<string, OutcomeRow> {
    const day = Math.floor(uuidTimeMs(uuidBytes(row.decisionId)) / dayMs);
    let rows = this.days.get(day);
    if (!rows) this.days.set(day, (rows = new Map()));
    return rows;
  }
}
