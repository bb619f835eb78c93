/**
 * Steps of load on replicas over one Postgres, each higher than the last, until latency breaks; then an overload. Client,
 * replicas and Postgres share the machine: figures are of all of them together.
 */
import { machine } from '../support/machine.js';
import { runOverload, type OverloadRow } from './overload.js';
import { runStep, type StepRow } from './step.js';
import { crowded, startTarget, type Replica, type Target, type TargetOptions } from './target.js';

export interface LoadOptions extends Pick<TargetOptions, 'program' | 'settings'> {
  /** Numbers of replicas, one after the other, each on a database of its own. */
  readonly replicas: readonly number[];
  /** Of each step and of the overload. */
  readonly seconds: number;
  /** Decisions a second, rising. */
  readonly rates: readonly number[];
  readonly feedbackBatch: number;
  /** Latency is broken above this 99th percentile. */
  readonly p99LimitMs: number;
  /** Told what happens next. */
  readonly tell?: (words: string) => void;
  readonly onStep?: (row: StepRow) => void;
  readonly onOverload?: (row: OverloadRow) => void;
}

export interface LoadReport {
  readonly machine: string;
  readonly seconds: number;
  readonly feedback_batch: number;
  readonly p99_limit_ms: number;
  readonly steps: readonly StepRow[];
  readonly overload: readonly OverloadRow[];
}

/** A step that got less done than this of what was offered has broken. */
const LEAST_DONE = 0.9;
/** Cold code is not what is measured. */
const WARM_UP_SECONDS = 2;
/**
 * Connections of an overload, over all replicas: half as many again as requests may wait in one (`src/http/limits.ts`). Fewer
 * would wait in line at the client, where no server can refuse them.
 */
const CROWD = 3_072;

export async function runLoad(options: LoadOptions): Promise<LoadReport> {
  const steps: StepRow[] = [];
  const overload: OverloadRow[] = [];
  for (const replicas of options.replicas) {
    options.tell?.(`starting Postgres and ${replicas} replicas`);
    const target = await startTarget({ ...options, replicas });
    try {
      const rows = await climb(target, options);
      steps.push(...rows);
      overload.push(await exceed(target.replicas, rows, options));
    } finally {
      options.tell?.('stopping');
      await target.close();
    }
  }
  const { seconds, feedbackBatch, p99LimitMs } = options;
  return { machine: machine(), seconds, feedback_batch: feedbackBatch, p99_limit_ms: p99LimitMs, steps, overload };
}

type Figures = Pick<StepRow, 'offered' | 'decisions_per_s' | 'p99_ms'>;

/** Whether a step was carried: within the limit of latency, and nearly all of what was offered done. */
export const isCarried = ({ offered, decisions_per_s, p99_ms }: Figures, p99LimitMs: number): boolean =>
  p99_ms <= p99LimitMs && decisions_per_s >= LEAST_DONE * offered;

/** @returns the steps up to and with the first that broke */
async function climb({ replicas, databaseUrl }: Target, options: LoadOptions): Promise<StepRow[]> {
  const { rates, seconds, feedbackBatch, p99LimitMs, tell, onStep } = options;
  tell?.('warming up');
  await runStep(replicas, { rate: rates[0]!, seconds: WARM_UP_SECONDS, feedbackBatch });
  const rows: StepRow[] = [];
  for (const rate of rates) {
    tell?.(`offering ${rate} decisions/s for ${seconds} s`);
    const { row } = await runStep(replicas, { rate, seconds, feedbackBatch }, databaseUrl);
    rows.push(row);
    onStep?.(row);
    if (!isCarried(row, p99LimitMs)) break;
  }
  return rows;
}

async function exceed(
  replicas: readonly Replica[],
  rows: readonly StepRow[],
  { seconds, feedbackBatch, p99LimitMs, tell, onOverload }: LoadOptions,
): Promise<OverloadRow> {
  const peak = Math.max(...rows.map((row) => row.decisions_per_s));
  const carried = rows.filter((row) => isCarried(row, p99LimitMs)).at(-1);
  // Where even the first step broke, what it got done is the best that is known.
  const goodRate = carried?.offered ?? Math.max(1, Math.round(peak));
  tell?.(`offering three times ${Math.round(peak)} decisions/s for ${seconds} s, then waiting for recovery`);
  const isGood = (row: Figures & { errors: number }) => row.errors === 0 && isCarried(row, p99LimitMs);
  const crowd = replicas.map((replica) => crowded(replica, CROWD));
  try {
    const row = await runOverload({ crowd, replicas, goodRate, peak, seconds, feedbackBatch, isGood });
    onOverload?.(row);
    return row;
  } finally {
    await Promise.all(crowd.map(({ decisions }) => decisions.close()));
  }
}
