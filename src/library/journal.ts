/**
 * The latest decisions of a router without a store, and what was learned since: because sums are exact, taking out what
 * came later gives the very statistics that a decision was made from.
 */
import type { LoggedDecision } from '../routing/decision.js';
import { fold } from '../routing/learn.js';
import type { OutcomeRow } from '../routing/outcome.js';
import { Problem } from '../routing/problem.js';
import type { RouterSpec } from '../routing/spec.js';
import { StatisticsTable, type Cell } from '../routing/statistics-table.js';

const mostDecisions = 10_000;
const mostRows = 100_000;

interface Batch {
  /** Of the statistics that hold it. */
  readonly version: number;
  readonly added: readonly OutcomeRow[];
  readonly corrected: readonly OutcomeRow[];
}

export class Journal {
  private readonly decisions = new Map<string, LoggedDecision>();
  private readonly batches: Batch[] = [];
  private rows = 0;
  /** Version of the oldest statistics that can be gone back to. */
  private oldest = 0;

  decided(logged: LoggedDecision): void {
    this.decisions.set(logged.id, logged);
    if (this.decisions.size > mostDecisions) this.decisions.delete(this.decisions.keys().next().value!);
  }

  learned(batch: Batch): void {
    this.batches.push(batch);
    this.rows += rowsOf(batch);
    while (this.rows > mostRows) {
      const dropped = this.batches.shift()!;
      this.rows -= rowsOf(dropped);
      this.oldest = dropped.version;
    }
  }

  /** @throws Problem 'unknown-decision' */
  find(id: string): LoggedDecision {
    const logged = this.decisions.get(id);
    if (logged) return logged;
    throw new Problem(
      'unknown-decision',
      `expected the id of one of the latest ${mostDecisions} decisions of this router, which are all that one without a store remembers; got ${id}`,
    );
  }

  /**
   * The sums as they were.
   * @param cells the sums as they are
   * @throws Problem 'not-explainable' when too much was learned since
   */
  sumsAt(version: number, spec: RouterSpec, cells: readonly Cell[]): StatisticsTable {
    if (version < this.oldest)
      throw new Problem('not-explainable', `more than ${mostRows} outcomes were learned from since this decision`);
    const table = new StatisticsTable();
    for (const cell of cells) table.merge(cell);
    for (const batch of this.batches) {
      if (batch.version <= version) continue;
      for (const row of batch.added) fold(table, spec, row, -1);
      for (const row of batch.corrected) fold(table, spec, row, 1);
    }
    return table;
  }
}

const rowsOf = ({ added, corrected }: Batch): number => added.length + corrected.length;
