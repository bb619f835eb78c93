/** What a column of an export holds, whatever the format of its file. */

/**
 * `id`: a UUID as text. `time`: a Date. `integer`: a whole number within ±2⁵³. `number`: a float64. `json`: a value that
 * is kept as JSON. `texts`, `numbers`: lists. `features`: an Int16Array on the 2⁻¹² grid. `figures`: numbers by name.
 */
export type ColumnType =
  'id' | 'time' | 'integer' | 'number' | 'text' | 'json' | 'texts' | 'numbers' | 'features' | 'figures';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** Whether a value may be null. */
  readonly nullable?: boolean;
}

/** Values by the name of their column. */
export type Row = Readonly<Record<string, unknown>>;

/** A file that rows are written to, in order. */
export interface RowSink {
  write(rows: readonly Row[]): Promise<void>;
  /** Writes what comes at the end; the file itself is the caller's to close. */
  finish(): Promise<void>;
}

/** Takes bytes to a file, in order. */
export type Append = (bytes: Uint8Array) => Promise<void>;

export const formats = ['parquet', 'jsonl', 'csv'] as const;
export type Format = (typeof formats)[number];
