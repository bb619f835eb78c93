/** One line of the benchmark's report. */
export interface Row {
  readonly name: string;
  readonly arms: number;
  readonly d: number;
  /** Median time of one operation, in microseconds. */
  readonly median_us: number;
  /** What it is compared with, measured in turns with it; null when there is nothing to compare with. */
  readonly reference: string | null;
  readonly reference_median_us: number | null;
  /** How many times faster than the reference: reference_median_us / median_us. */
  readonly ratio: number | null;
  /** Bytes that one operation leaves on the JavaScript heap, where that was measured. */
  readonly allocated_bytes?: number;
}

/** A group of rows. `--only NAME` runs the group of that name. */
export interface BenchModule {
  readonly name: string;
  rows(): AsyncIterable<Row> | Iterable<Row>;
}
