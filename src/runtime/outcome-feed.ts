/**
 * Outcomes of a router as they are learned, for whoever watches them: in the order in which they come, each once, as
 * long as it keeps up. Whoever does not is told to read the log instead.
 */
import type { OutcomeRow } from '../routing/outcome.js';

/** Rows that wait, some 500 bytes each with sixty features; beyond that the log is read. */
const mostRows = 50_000;

export class OutcomeFeed {
  private rows: OutcomeRow[] = [];
  private whole = false;

  add(added: readonly OutcomeRow[], removed: readonly OutcomeRow[]): void {
    if (!this.whole) return;
    const rows = newOutcomes(added, removed);
    if (this.rows.length + rows.length > mostRows) this.skip();
    else for (const row of rows) this.rows.push(row);
  }

  /** Something came in that is only in the log. */
  skip(): void {
    this.rows = [];
    this.whole = false;
  }

  /** Whether there is anything to take, or to read from the log. */
  get hasNews(): boolean {
    return !this.whole || this.rows.length > 0;
  }

  /** @returns all outcomes since the last call; undefined on the first, and when some are only in the log */
  take(): readonly OutcomeRow[] | undefined {
    const rows = this.whole ? this.rows : undefined;
    this.rows = [];
    this.whole = true;
    return rows;
  }
}

/** Without the values that take another's place: a decision came out once, however often it is corrected. */
export function newOutcomes(added: readonly OutcomeRow[], removed: readonly OutcomeRow[]): readonly OutcomeRow[] {
  if (removed.length === 0) return added;
  const known = new Set(removed.map(nameOf));
  return added.filter((row) => !known.has(nameOf(row)));
}

const nameOf = ({ decisionId, metric }: OutcomeRow): string => `${decisionId} ${metric}`;
