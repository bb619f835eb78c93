/** Times two ways of doing one thing in turns, so that both meet the machine in the same moods. */
import { Bench } from 'tinybench';

import type { Row } from './row.js';

export interface Comparison {
  readonly name: string;
  readonly arms: number;
  readonly d: number;
  readonly run: () => unknown;
  readonly reference?: { readonly name: string; readonly run: () => unknown };
  readonly allocated_bytes?: number;
  readonly retained_bytes?: number;
}

export interface Rounds {
  readonly rounds: number;
  readonly roundMs: number;
}

/** Short enough that a disturbance spoils one round and not the median. */
const usual: Rounds = { rounds: 9, roundMs: 40 };
/** Calls are timed in bundles of at least this long, against the clock's resolution and the cost of reading it. */
const BUNDLE_MS = 0.05;

/** Medians over rounds in which both ways take turns. */
export function compare({ run, reference, ...row }: Comparison, { rounds, roundMs } = usual): Row {
  const ours = bundled(run);
  const theirs = reference && bundled(reference.run);
  const times: number[] = [];
  const references: number[] = [];
  for (let round = 0; round < rounds; round++) {
    times.push(timeOnce(ours, roundMs));
    if (theirs) references.push(timeOnce(theirs, roundMs));
  }
  const median_us = median(times);
  const reference_median_us = theirs ? median(references) : null;
  return {
    ...row,
    median_us,
    reference: reference?.name ?? null,
    reference_median_us,
    ratio: reference_median_us === null ? null : reference_median_us / median_us,
  };
}

interface Bundle {
  readonly run: () => void;
  readonly calls: number;
}

function bundled(run: () => unknown): Bundle {
  for (let calls = 1; ; calls *= 2) {
    const repeat = () => {
      for (let k = 0; k < calls; k++) run();
    };
    repeat();
    const start = performance.now();
    repeat();
    if (performance.now() - start >= BUNDLE_MS) return { run: repeat, calls };
  }
}

/** Median microseconds of a call within one round. */
function timeOnce({ run, calls }: Bundle, roundMs: number): number {
  const bench = new Bench({
    time: roundMs,
    iterations: 5,
    warmupTime: roundMs / 4,
    warmupIterations: 2,
    throws: true,
  });
  const [task] = bench.add('round', run).runSync();
  const result = task!.result;
  if (!result || !('latency' in result) || result.latency.p50 === undefined)
    throw new Error('the benchmark gave no timing');
  return (result.latency.p50 * 1000) / calls;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
