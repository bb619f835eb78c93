/**
 * Outcomes alone, in batches, at rising rates: what replicas take in. The decisions that they are of are made before; of each
 * decision a step reports other metrics than the one before, so that every outcome is new.
 */
import { machine } from '../support/machine.js';
import { postRequest, type Answer } from './connection.js';
import { takenOf } from './database.js';
import { openLoop } from './open-loop.js';
import { percentile } from './step.js';
import { startTarget, type Replica, type Target, type TargetOptions } from './target.js';
import { Tally } from './tally.js';
import { usageOf } from './usage.js';

export interface FeedbackOptions extends Pick<TargetOptions, 'program' | 'settings'> {
  readonly replicas: readonly number[];
  readonly seconds: number;
  /** Outcomes (one metric of one decision each) a second, rising. */
  readonly rates: readonly number[];
  /** Items of one request, of two outcomes each. */
  readonly feedbackBatch: number;
  readonly tell?: (words: string) => void;
  readonly onRow?: (row: FeedbackRow) => void;
}

export interface FeedbackRow {
  readonly replicas: number;
  /** Outcomes a second that were offered, and that were said to be applied, which is after their commit. */
  readonly offered: number;
  readonly outcomes_per_s: number;
  /** Of a request, from when it was due. */
  readonly p50_ms: number;
  readonly p99_ms: number;
  /** Requests that were refused, failed, given up or not applied whole. */
  readonly errors: number;
  /** Processor time of the replicas, and bytes of log and of tables with indexes. */
  readonly cpu_us_per_outcome: number | null;
  readonly wal_bytes_per_outcome: number;
  readonly table_bytes_per_outcome: number;
  readonly client_busy: number;
}

export interface FeedbackReport {
  readonly machine: string;
  readonly feedback_batch: number;
  readonly feedback: readonly FeedbackRow[];
}

/** Two of them each step. */
const metrics = [
  (k: number) => ({ accuracy: k % 2, energy_j: 10 + (k % 90) }),
  (k: number) => ({ latency_ms: 100 + (k % 900), cost_usd: (k % 90) / 1e4 }),
];
const perItem = 2;
const askedAtOnce = 128;
/** Less done than this of what was offered is the end. */
const leastDone = 0.9;

export async function runFeedback(options: FeedbackOptions): Promise<FeedbackReport> {
  const feedback: FeedbackRow[] = [];
  for (const replicas of options.replicas) {
    options.tell?.(`starting Postgres and ${replicas} replicas`);
    const target = await startTarget({ ...options, replicas });
    try {
      feedback.push(...(await climb(target, options)));
    } finally {
      await target.close();
    }
  }
  return { machine: machine(), feedback_batch: options.feedbackBatch, feedback };
}

async function climb(target: Target, options: FeedbackOptions): Promise<FeedbackRow[]> {
  const { rates, seconds, feedbackBatch, tell, onRow } = options;
  const rows: FeedbackRow[] = [];
  let tokens: readonly string[] = [];
  // A step before the first, so that no cold code is measured.
  for (const [step, rate] of [rates[0]!, ...rates].entries()) {
    const requests = Math.ceil((rate * seconds) / (perItem * feedbackBatch));
    if (step % metrics.length === 0 || tokens.length < requests * feedbackBatch) {
      tell?.(`deciding for ${requests * feedbackBatch} tokens`);
      tokens = await decide(target.replicas, requests * feedbackBatch);
    }
    const bodies = bodiesOf(tokens, requests, feedbackBatch, metrics[step % metrics.length]!);
    tell?.(`offering ${rate} outcomes/s for ${seconds} s`);
    const row = await offer(target, { rate, seconds, bodies });
    if (step === 0) continue;
    rows.push(row);
    onRow?.(row);
    if (row.outcomes_per_s < leastDone * row.offered) break;
  }
  return rows;
}

/** As fast as it goes. @returns a token of each decision */
async function decide(replicas: readonly Replica[], wanted: number): Promise<string[]> {
  const tokens: string[] = [];
  const tally = new Tally();
  let asked = 0;
  const one = async (): Promise<void> => {
    while (asked < wanted) {
      const k = asked++;
      const { decisions, requests } = replicas[k % replicas.length]!;
      const answer = await new Promise<Answer | undefined>((resolve) =>
        decisions.send(requests[k % requests.length]!, performance.now(), resolve),
      );
      const token = tally.decision(performance.now(), answer);
      if (token === undefined) throw new Error(`a decision was answered ${answer?.status ?? 'not at all'}`);
      tokens.push(token);
    }
  };
  await Promise.all(Array.from({ length: askedAtOnce }, one));
  return tokens;
}

const bodiesOf = (
  tokens: readonly string[],
  requests: number,
  batch: number,
  outcome: (k: number) => object,
): string[] =>
  Array.from({ length: requests }, (_, i) =>
    JSON.stringify({
      items: tokens
        .slice(i * batch, (i + 1) * batch)
        .map((feedback_token, k) => ({ feedback_token, metrics: outcome(k) })),
    }),
  );

interface Offer {
  readonly rate: number;
  readonly seconds: number;
  readonly bodies: readonly string[];
}

async function offer({ replicas, databaseUrl }: Target, { rate, seconds, bodies }: Offer): Promise<FeedbackRow> {
  const urls = replicas.map(({ url }) => url);
  const requests = bodies.map((body, i) => postRequest(urls[i % urls.length]!, '/v1/feedback', body));
  const [taken, before] = [await takenOf(databaseUrl), await usageOf(urls)];
  const tally = new Tally();
  const latencies: number[] = [];
  const answered: Promise<void>[] = [];
  const itemsOf = (i: number) => bodies[i]!.split('feedback_token').length - 1;
  const idle = performance.eventLoopUtilization();
  const startedAt = await openLoop(requests.length / seconds, seconds, (dueAt, i) => {
    const sent = new Promise<void>((resolve) =>
      replicas[i % replicas.length]!.feedback.send(requests[i]!, dueAt, (answer) => {
        latencies.push((answer?.answeredAt ?? performance.now()) - dueAt);
        tally.feedback(itemsOf(i), answer);
        resolve();
      }),
    );
    answered.push(sent);
  });
  await Promise.all(answered);
  const busy = performance.eventLoopUtilization(idle).utilization;
  const [after, used] = [await usageOf(urls), await takenOf(databaseUrl)];
  const outcomes = perItem * tally.applied;
  const each = (bytes: number) => Number((bytes / Math.max(1, outcomes)).toFixed(1));
  return {
    replicas: replicas.length,
    offered: rate,
    outcomes_per_s: Number((outcomes / Math.max(seconds, (tally.lastFeedbackAt - startedAt) / 1000)).toFixed(1)),
    p50_ms: percentile(latencies, 0.5)!,
    p99_ms: percentile(latencies, 0.99)!,
    errors: tally.errors,
    cpu_us_per_outcome: outcomes === 0 ? null : each((after.cpuSeconds - before.cpuSeconds) * 1e6),
    wal_bytes_per_outcome: each(used.walBytes - taken.walBytes),
    table_bytes_per_outcome: each(used.tableBytes - taken.tableBytes),
    client_busy: Number(busy.toFixed(3)),
  };
}
