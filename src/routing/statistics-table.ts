/**
 * The exact sums of a router: one cell per feature schema, arm, metric and epoch. Tables of one router merge by adding,
 * whatever shard or order their rows came in.
 */
import { Statistics } from '../../policies/linear/statistics.js';
import { entry } from './map-entry.js';
import type { CellKey } from './outcome.js';

export interface Cell {
  readonly key: CellKey;
  readonly statistics: Statistics;
}

/** The epochs of one (schema, arm, metric), and a count of changes to them so that a view knows what to form anew. */
interface Line {
  /** Places the line among the others. */
  readonly name: string;
  changes: number;
  readonly cells: Map<number, Cell>;
}

export class StatisticsTable {
  /** By schema, arm and metric: a name put together for each outcome took longer than to add it to the sums. */
  private readonly schemas = new Map<string, Map<string, Map<string, Line>>>();

  private find(schema: string, arm: string, metric: string): Line | undefined {
    return this.schemas.get(schema)?.get(arm)?.get(metric);
  }

  private line(schema: string, arm: string, metric: string): Line {
    const known = this.find(schema, arm, metric);
    if (known) return known;
    const line = { name: `${schema}\n${arm}\n${metric}`, changes: 0, cells: new Map<number, Cell>() };
    const arms = entry(this.schemas, schema, () => new Map<string, Map<string, Line>>());
    entry(arms, arm, () => new Map<string, Line>()).set(metric, line);
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
    return this.find(key.schema, key.arm, key.metric)?.cells.get(key.epoch)?.statistics;
  }

  /** How often the cells of an arm and metric changed; grows with each change. */
  changes(schema: string, arm: string, metric: string): number {
    return this.find(schema, arm, metric)?.changes ?? 0;
  }

  /** Cells of an arm and metric, oldest epoch first, empty ones left out: the fixed order that posteriors are formed in. */
  epochs(schema: string, arm: string, metric: string): Cell[] {
    const line = this.find(schema, arm, metric);
    if (!line) return [];
    const cells = [...line.cells.values()].filter(({ statistics }) => !statistics.isEmpty);
    return cells.sort((a, b) => a.key.epoch - b.key.epoch);
  }

  /** Every cell that holds rows, in a canonical order. */
  cells(): Cell[] {
    const lines = [...this.schemas.values()].flatMap((arms) =>
      [...arms.values()].flatMap((metrics) => [...metrics.values()]),
    );
    return lines
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((line) =>
        [...line.cells.values()]
          .filter(({ statistics }) => !statistics.isEmpty)
          .sort((a, b) => a.key.epoch - b.key.epoch),
      );
  }
}
