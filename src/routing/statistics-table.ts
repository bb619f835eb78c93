/**
 * The exact sums of a router: one cell per feature schema, arm, metric and epoch. Tables of one router merge by adding,
 * whatever shard or order their rows came in.
 */
import { Statistics } from '../../policies/linear/statistics.js';
import type { CellKey } from './outcome.js';

export interface Cell {
  readonly key: CellKey;
  readonly statistics: Statistics;
}

const lineKey = (schema: string, arm: string, metric: string): string => `${schema}\n${arm}\n${metric}`;

/** The epochs of one (schema, arm, metric), and a count of changes to them so that a view knows what to form anew. */
interface Line {
  changes: number;
  readonly cells: Map<number, Cell>;
}

export class StatisticsTable {
  private readonly lines = new Map<string, Line>();

  private line(schema: string, arm: string, metric: string): Line {
    const key = lineKey(schema, arm, metric);
    let line = this.lines.get(key);
    if (!line) this.lines.set(key, (line = { changes: 0, cells: new Map() }));
    return line;
  }

  /** The cell's sums about to be changed, empty ones when nothing was added yet. */
  private open({ schema, arm, metric, epoch }: CellKey, dimension: number): Statistics {
    const line = this.line(schema, arm, metric);
    line.changes++;
    let cell = line.cells.get(epoch);
    if (!cell) {
      cell = { key: { schema, arm, metric, epoch }, statistics: new Statistics(dimension) };
      line.cells.set(epoch, cell);
    }
    return cell.statistics;
  }

  /**
   * Adds an outcome to its cell, or takes out one that was added.
   * @param features on the grid, length d
   * @param target   on the grid of the metric
   */
  apply(key: CellKey, features: Int16Array, target: number, sign: 1 | -1): void {
    const statistics = this.open(key, features.length);
    if (sign === 1) statistics.add(features, target);
    else statistics.subtract(features, target);
  }

  merge({ key, statistics }: Cell): void {
    this.open(key, statistics.dimension).merge(statistics);
  }

  get(key: CellKey): Statistics | undefined {
    return this.lines.get(lineKey(key.schema, key.arm, key.metric))?.cells.get(key.epoch)?.statistics;
  }

  /** How often the cells of an arm and metric changed; grows with each change. */
  changes(schema: string, arm: string, metric: string): number {
    return this.lines.get(lineKey(schema, arm, metric))?.changes ?? 0;
  }

  /** Cells of an arm and metric, oldest epoch first, empty ones left out: the fixed order that posteriors are formed in. */
  epochs(schema: string, arm: string, metric: string): Cell[] {
    const line = this.lines.get(lineKey(schema, arm, metric));
    if (!line) return [];
    const cells = [...line.cells.values()].filter(({ statistics }) => !statistics.isEmpty);
    return cells.sort((a, b) => a.key.epoch - b.key.epoch);
  }

  /** Every cell that holds rows, in a canonical order. */
  cells(): Cell[] {
    const lines = [...this.lines.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
    return lines.flatMap(([, line]) =>
      [...line.cells.values()]
        .filter(({ statistics }) => !statistics.isEmpty)
        .sort((a, b) => a.key.epoch - b.key.epoch),
    );
  }
}
