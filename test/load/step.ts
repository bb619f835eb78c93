/** One step of load, measured. */
import { quantileSorted } from 'simple-statistics';

import { takenOf, type Taken } from './database.js';
import { METRICS, offer, type Offer } from './offer.js';
import type { Tally } from './tally.js';
import type { Replica } from './target.js';
import { usageOf } from './usage.js';

export interface StepRow {
  readonly replicas: number;
  /** Decisions a second that were asked for. */
  readonly offered: number;
  /** Decisions a second that were answered with 200. */
  readonly decisions_per_s: number;
  /** Feedback items a second that were applied, which is said after their commit. */
  readonly feedback_per_s: number;
  /** Of decisions, from when they were due until they were answered, refused or given up. */
  readonly p50_ms: number;
  readonly p99_ms: number;
  readonly p999_ms: number;
  /** Decisions refused, failed or given up, and batches of feedback that were not applied whole. */
  readonly errors: number;
  /** Processor time of the replicas for each decision answered, its feedback included; null when none was. */
  readonly cpu_us_per_request: number | null;
  /** Bytes for each row of the logs (a decision, or one metric of an outcome): log, and tables with indexes. Null unasked. */
  readonly wal_bytes_per_row: number | null;
  readonly table_bytes_per_row: number | null;
  /** Resident memory of all replicas after the step. */
  readonly rss_mb: number;
  /** How much of the time the client's one thread was busy, 0 to 1; near 1 it measures itself. */
  readonly client_busy: number;
}

export interface MeasuredStep {
  readonly row: StepRow;
  readonly tally: Tally;
}

const round = (value: number, digits: number) => Number(value.toFixed(digits));

/** @param q from 0 to 1 @returns undefined where there are no values */
export function percentile(values: readonly number[], q: number): number | undefined {
  if (values.length === 0) return undefined;
  return round(
    quantileSorted(
      [...values].sort((a, b) => a - b),
      q,
    ),
    3,
  );
}

function bytesPerRow(before: Taken, after: Taken, rows: number): { readonly wal: number; readonly table: number } {
  const each = (bytes: number) => round(bytes / Math.max(1, rows), 1);
  return { wal: each(after.walBytes - before.walBytes), table: each(after.tableBytes - before.tableBytes) };
}

/** @param databaseUrl where what rows take is to be told too */
export async function runStep(replicas: readonly Replica[], asked: Offer, databaseUrl?: string): Promise<MeasuredStep> {
  const urls = replicas.map(({ url }) => url);
  const taken = databaseUrl === undefined ? undefined : await takenOf(databaseUrl);
  const before = await usageOf(urls);
  const idle = performance.eventLoopUtilization();
  const { tally, startedAt } = await offer(replicas, asked);
  const client = performance.eventLoopUtilization(idle);
  const after = await usageOf(urls);
  // What is answered after the last one was due belongs to a longer time.
  const perSecond = (count: number, lastAt: number) =>
    round(count / Math.max(asked.seconds, (lastAt - startedAt) / 1000), 1);
  const bytes = taken && bytesPerRow(taken, await takenOf(databaseUrl!), tally.decisions + tally.applied * METRICS);
  const cpuUs = (after.cpuSeconds - before.cpuSeconds) * 1e6;
  const row = {
    replicas: replicas.length,
    offered: asked.rate,
    decisions_per_s: perSecond(tally.decisions, tally.lastDecisionAt),
    feedback_per_s: perSecond(tally.applied, tally.lastFeedbackAt),
    p50_ms: percentile(tally.latencies, 0.5)!,
    p99_ms: percentile(tally.latencies, 0.99)!,
    p999_ms: percentile(tally.latencies, 0.999)!,
    errors: tally.errors,
    cpu_us_per_request: tally.decisions === 0 ? null : round(cpuUs / tally.decisions, 1),
    wal_bytes_per_row: bytes?.wal ?? null,
    table_bytes_per_row: bytes?.table ?? null,
    rss_mb: round(after.rssBytes / 2 ** 20, 1),
    client_busy: round(client.utilization, 3),
  };
  return { row, tally };
}
