/** How a file's records are laid out, whatever its format: text fields, and figures with one value per model. */
import type { TableModel } from './table.js';

export const textFields = ['id', 'split', 'task', 'prompt'] as const;
export const figureFields = ['score', 'cost_usd', 'energy_j', 'latency_ms', 'tokens_out'] as const;
export type TextField = (typeof textFields)[number];
export type FigureField = (typeof figureFields)[number];

/** One record, not checked yet. */
export interface RawRow {
  readonly line: number;
  readonly texts: Readonly<Partial<Record<TextField, unknown>>>;
  /** One value per model, in the table's order; null or undefined where it is not known. */
  readonly figures: Readonly<Partial<Record<FigureField, readonly unknown[]>>>;
  /** What to call the value of a field and model in an error: `score[2]`, `column 7 (score:large)`. */
  column(field: TextField | FigureField, model?: number): string;
}

/** A file that has been opened: its models, and its records as often as they are asked for. */
export interface RawTable {
  readonly models: readonly TableModel[];
  /** Records that can't be taken apart at all come as the error that says why, so that a check can go on to the next. */
  records(): AsyncIterable<RawRow | Error>;
}
