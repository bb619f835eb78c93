/**
 * Sends feedback in batches: one request at a time, each with everything that has gathered since the last. So batches are
 * small while the service is quick and grow when it is slow, and nothing waits for a timer.
 */
import type { FeedbackItem, FeedbackResult } from '../../routing/request.js';

export type SendFeedback = (items: readonly FeedbackItem[]) => Promise<FeedbackResult[]>;
export type FeedbackCounts = Record<FeedbackResult['status'], number>;

const largestBatch = 1_000;

export class FeedbackSender {
  readonly counts: FeedbackCounts = { applied: 0, duplicate: 0, late: 0, rejected: 0 };
  /** Why the first item that was refused was refused. */
  firstRefusal: string | undefined;
  private gathered: FeedbackItem[] = [];
  /** Items that were gathered, and those of them that were answered. */
  private added = 0;
  private answered = 0;
  private sending: Promise<void> | undefined;
  private failure: { readonly reason: unknown } | undefined;

  constructor(private readonly send: SendFeedback) {}

  /** Resolves when the items are acknowledged. @throws what sending failed with, then or before */
  async add(items: readonly FeedbackItem[]): Promise<void> {
    this.gathered.push(...items);
    const last = (this.added += items.length);
    while (this.answered < last) {
      this.throwFailure();
      this.start();
      await this.sending;
    }
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
      this.answered += batch.length;
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
