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
  /** Bytes of them that are still there after a collection. */
  readonly retained_bytes?: number;
  /** Over HTTP: 99th percentile at half the measured rate, of ours and of the reference. */
  readonly p99_ms_at_half_load?: number;
  readonly reference_p99_ms_at_half_load?: number;
  /** Decisions that were still to be logged when the load ended. */
  readonly decisions_waiting_after?: number;
}

/** A group of rows. `--only NAME` runs the group of that name. */
export interface BenchModule {
  readonly name: string;
  rows(): AsyncIterable<Row> | Iterable<Row>;
}
