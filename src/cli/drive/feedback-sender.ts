/**
 * Sends feedback in batches: one request at a time, each with everything that has gathered since the last. So batches are
 * small while the service is quick and grow when it is slow, and nothing waits for a timer.
 */
import type { FeedbackItem, FeedbackResult } from '../../routing/request.js';

export type SendFeedback = (items: readonly FeedbackItem[]) => Promise<FeedbackResult[]>;
export type FeedbackCounts = Record<FeedbackResult['status'], number>;

const largestBatch = 1_000;
/** With so many items gathered, the caller is made to wait. */
const mostGathered = 2_000;

export class FeedbackSender {
  readonly counts: FeedbackCounts = { applied: 0, duplicate: 0, late: 0, rejected: 0 };
  /** Why the first item that was refused was refused. */
  firstRefusal: string | undefined;
  private gathered: FeedbackItem[] = [];
  private sending: Promise<void> | undefined;
  private failure: { readonly reason: unknown } | undefined;

  constructor(private readonly send: SendFeedback) {}

  /** Resolves when there is room for more. @throws what sending failed with, then or before */
  async add(items: readonly FeedbackItem[]): Promise<void> {
    this.gathered.push(...items);
    this.start();
    if (this.gathered.length >= mostGathered) await this.sending;
    this.throwFailure();
  }

  /** Resolves when everything is acknowledged. @throws what sending failed with */
  async drain(): Promise<void> {
    this.start();
    await this.sending;
    this.throwFailure();
  }

  private start(): void {
    if (this.gathered.length === 0 || this.failure !== undefined) return;
    this.sending ??= this.sendAll()
      .catch((reason: unknown) => void (this.failure = { reason }))
      .finally(() => (this.sending = undefined));
  }

  private async sendAll(): Promise<void> {
    while (this.gathered.length > 0) {
      const batch = this.gathered.splice(0, largestBatch);
      for (const result of await this.send(batch)) this.count(result);
    }
  }

  private throwFailure(): void {
    if (this.failure !== undefined) throw this.failure.reason;
  }

  private count({ status, detail, code }: FeedbackResult): void {
    this.counts[status]++;
    if (status === 'late' || status === 'rejected') this.firstRefusal ??= detail ?? code ?? status;
  }
}
