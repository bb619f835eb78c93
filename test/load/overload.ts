/** Three times what the replicas can carry: what they still get done, how the rest is told, and whether they come back. */
import type { Replica } from './target.js';
import { percentile, runStep } from './step.js';

export interface OverloadRow {
  readonly replicas: number;
  readonly offered: number;
  /** Decisions a second that were answered with 200, and these over the most of any step. */
  readonly goodput_per_s: number;
  readonly goodput_of_peak: number;
  readonly p99_ms: number;
  /** Requests answered with 503, and how long after they were sent; null when there were none. */
  readonly refused: number;
  readonly refused_p50_ms: number | null;
  readonly refused_p99_ms: number | null;
  /** Requests that the client gave up. */
  readonly unanswered: number;
  /** Other answers than 200 and 503. */
  readonly failed: number;
  /** From the last answer of the overload to the end of the first second within the limits; null when none was. */
  readonly recovered_after_s: number | null;
}

export interface OverloadOptions {
  /** The replicas by as many connections as it takes to overrun them, and by those of an ordinary load. */
  readonly crowd: readonly Replica[];
  readonly replicas: readonly Replica[];
  /** The highest rate that was carried within the limits. */
  readonly goodRate: number;
  /** The most decisions a second that any step got done. */
  readonly peak: number;
  readonly seconds: number;
  readonly feedbackBatch: number;
  readonly isGood: (row: { offered: number; decisions_per_s: number; p99_ms: number; errors: number }) => boolean;
}

const FACTOR = 3;
/** Of the highest rate that was carried, to see it come back: a load that was carried, with some room. */
const RECOVERY_SHARE = 0.5;
const RECOVERY_SECONDS = 30;

export async function runOverload(options: OverloadOptions): Promise<OverloadRow> {
  const { crowd, replicas, peak, seconds, feedbackBatch } = options;
  const { row, tally } = await runStep(crowd, { rate: Math.round(FACTOR * peak), seconds, feedbackBatch });
  return {
    replicas: replicas.length,
    offered: row.offered,
    goodput_per_s: row.decisions_per_s,
    goodput_of_peak: Number((row.decisions_per_s / Math.max(peak, row.decisions_per_s)).toFixed(3)),
    p99_ms: row.p99_ms,
    refused: tally.refusals.length,
    refused_p50_ms: percentile(tally.refusals, 0.5) ?? null,
    refused_p99_ms: percentile(tally.refusals, 0.99) ?? null,
    unanswered: tally.unanswered,
    failed: tally.failed,
    recovered_after_s: await recovery(options),
  };
}

async function recovery({ replicas, goodRate, feedbackBatch, isGood }: OverloadOptions): Promise<number | null> {
  const start = performance.now();
  const rate = Math.max(1, Math.round(RECOVERY_SHARE * goodRate));
  while (performance.now() - start < RECOVERY_SECONDS * 1000) {
    const { row } = await runStep(replicas, { rate, seconds: 1, feedbackBatch });
    if (isGood(row)) return Number(((performance.now() - start) / 1000).toFixed(1));
  }
  return null;
}
