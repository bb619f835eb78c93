import { Statistics } from '../../policies/linear/statistics.js';
import { isBeyond, type Horizon } from '../routing/horizon.js';
import type { CellKey } from '../routing/outcome.js';
import type { Cell } from '../routing/statistics-table.js';

/** What one logged value adds to its cell. */
export interface Contribution extends CellKey {
  readonly features: Int16Array;
  /** On the grid of its metric; null for a row that is kept but teaches nothing. */
  readonly target: number | null;
}

const nameOf = ({ schema, arm, metric, epoch }: CellKey): string => JSON.stringify([schema, arm, metric, epoch]);

/** Statistics by cell, as they are read from the tables and from the log. */
export class CellSums {
  private readonly cells = new Map<string, Cell>();
  private readonly changedCells = new Set<Cell>();
  /** Rows of one cell come after one another. */
  private recent: Cell | undefined;

  /** @param horizon what is left out, whether added or taken out */
  constructor(private readonly horizon?: Horizon) {}

  /** Adds a logged value, or takes it out. */
  apply(contribution: Contribution, sign: 1 | -1): void {
    const { target, features } = contribution;
    if (target === null || isBeyond(this.horizon, contribution)) return;
    const cell = this.open(contribution, features.length);
    if (sign === 1) cell.statistics.add(features, target);
    else cell.statistics.subtract(features, target);
    this.changedCells.add(cell);
  }

  merge({ key, statistics }: Cell): void {
    if (isBeyond(this.horizon, key)) return;
    this.open(key, statistics.dimension).statistics.merge(statistics);
  }

  /** Cells that a logged value was added to or taken out of, empty ones too, in a canonical order. */
  changed(): Cell[] {
    return this.ordered().filter((cell) => this.changedCells.has(cell));
  }

  /** Every cell that holds rows, in a canonical order. */
  filled(): Cell[] {
    return this.ordered().filter(({ statistics }) => !statistics.isEmpty);
  }

  private ordered(): Cell[] {
    return [...this.cells].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, cell]) => cell);
  }

  private open({ schema, arm, metric, epoch }: CellKey, dimension: number): Cell {
    const last = this.recent?.key;
    if (last?.epoch === epoch && last.arm === arm && last.metric === metric && last.schema === schema)
      return this.recent!;
    const name = nameOf({ schema, arm, metric, epoch });
    let cell = this.cells.get(name);
    if (!cell) {
      cell = { key: { schema, arm, metric, epoch }, statistics: new Statistics(dimension) };
      this.cells.set(name, cell);
    }
    this.recent = cell;
    return cell;
  }
}
