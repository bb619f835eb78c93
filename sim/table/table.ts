/**
 * A full-information table: for every prompt, what every model would have scored and cost. So the outcome of any choice
 * is known, and a router can be played against it.
 */

export interface TableModel {
  readonly name: string;
  readonly price_in_usd_per_mtok?: number;
  readonly price_out_usd_per_mtok?: number;
  /** Joules per token put out; absent where nobody knows it. */
  readonly energy_j_per_output_token?: number;
}

/** One value per model in the table's order, in the metric's unit; NaN where it is not known. */
export interface Outcomes {
  /** The score, in [0, 1]; always known. */
  readonly accuracy: Float64Array;
  readonly cost_usd?: Float64Array;
  /** As given, or tokens put out × joules per token where both are known. */
  readonly energy_j?: Float64Array;
  readonly latency_ms?: Float64Array;
}
export type TableMetric = keyof Outcomes;
export const tableMetrics: readonly TableMetric[] = ['accuracy', 'cost_usd', 'energy_j', 'latency_ms'];

export interface TableRow {
  /** Line of the file on which the row begins, from 1. */
  readonly line: number;
  /** As given, else the line. */
  readonly id: string;
  readonly split?: string;
  readonly task?: string;
  readonly prompt?: string;
  readonly outcomes: Outcomes;
}

export interface TableFilter {
  /** Only rows of these splits. */
  readonly splits?: readonly string[];
  /** At most so many rows. */
  readonly limit?: number;
}

export interface Table {
  readonly path: string;
  readonly models: readonly TableModel[];
  /**
   * Rows in the file's order, read as they are asked for: memory doesn't grow with the file. Each call reads anew.
   * @throws TableError at the first row that is wrong
   */
  rows(filter?: TableFilter): AsyncIterable<TableRow>;
}
