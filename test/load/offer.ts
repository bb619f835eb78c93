/** Offers decisions to the replicas in turn at a rate, and reports an outcome of each, in batches. */
import { postRequest, type Answer } from './connection.js';
import { openLoop } from './open-loop.js';
import { Tally } from './tally.js';
import type { Replica } from './target.js';

export interface Offer {
  /** Decisions a second over all replicas. */
  readonly rate: number;
  readonly seconds: number;
  /** Feedback items a request; 0 reports nothing. */
  readonly feedbackBatch: number;
}

export interface Offered {
  readonly tally: Tally;
  /** When the first decision was due. */
  readonly startedAt: number;
}

/** Of each outcome. */
export const METRICS = 2;

/** Resolves when every request has its answer or was given up. */
export async function offer(replicas: readonly Replica[], { rate, seconds, feedbackBatch }: Offer): Promise<Offered> {
  const tally = new Tally();
  const reporter = new Reporter(replicas, feedbackBatch, tally);
  const answered: Promise<void>[] = [];
  const startedAt = await openLoop(rate, seconds, (dueAt, index) => {
    const { decisions, requests } = replicas[index % replicas.length]!;
    const request = requests[Math.floor(index / replicas.length) % requests.length]!;
    const done = (answer: Answer | undefined) => reporter.take(tally.decision(dueAt, answer));
    answered.push(new Promise((resolve) => decisions.send(request, dueAt, (answer) => resolve(done(answer)))));
  });
  await Promise.all(answered);
  await reporter.finish();
  return { tally, startedAt };
}

/** Gathers tokens into batches and posts them, to any replica: that another one decided makes no difference. */
class Reporter {
  private tokens: string[] = [];
  private readonly posted: Promise<void>[] = [];

  constructor(
    private readonly replicas: readonly Replica[],
    private readonly batch: number,
    private readonly tally: Tally,
  ) {}

  take(token: string | undefined): void {
    if (token === undefined || this.batch === 0) return;
    this.tokens.push(token);
    if (this.tokens.length >= this.batch) this.post();
  }

  async finish(): Promise<void> {
    if (this.tokens.length > 0) this.post();
    await Promise.all(this.posted);
  }

  private post(): void {
    const { url, feedback } = this.replicas[this.posted.length % this.replicas.length]!;
    const items = this.tokens.map((feedback_token, k) => ({
      feedback_token,
      metrics: { accuracy: k % 2, energy_j: 10 + (k % 90) },
    }));
    this.tokens = [];
    const request = postRequest(url, '/v1/feedback', JSON.stringify({ items }));
    this.posted.push(
      new Promise((resolve) =>
        feedback.send(request, performance.now(), (answer) => resolve(this.tally.feedback(items.length, answer))),
      ),
    );
  }
}
