/**
 * Outcomes on their way into the statistics of one router. Items that come while a transaction runs are gathered into the
 * next; a caller is answered after the commit that took its rows in, so nothing acknowledged is ever lost.
 */
import { Problem } from '../routing/problem.js';
import type { OutcomeRow } from '../routing/outcome.js';
import type { OutcomeRoom } from './outcome-room.js';

export interface FeedbackBatcherOptions<Status> {
  /** Stores the rows in one transaction and learns from the new ones. @returns one status per row */
  readonly apply: (rows: readonly OutcomeRow[]) => Promise<readonly Status[]>;
  /** Shared with the other routers. */
  readonly room: OutcomeRoom;
  readonly batchSize: number;
  /** How long rows may wait for their turn; whoever sent them has been told by then to send them again. */
  readonly patienceMs: number;
}

interface Waiting<Status> {
  readonly rows: readonly OutcomeRow[];
  /** `performance.now()` when it came. */
  readonly since: number;
  readonly resolve: (statuses: readonly Status[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Whether the rows were stored after all is not known to whoever gets this. */
export const notStoredInTime = (): Problem =>
  new Problem('database-unavailable', 'the database did not take the outcomes in in time; send them again', [], 1);

export class FeedbackBatcher<Status> {
  private queue: Waiting<Status>[] = [];
  private queuedRows = 0;
  private running: Promise<void> | undefined;

  constructor(private readonly options: FeedbackBatcherOptions<Status>) {}

  get waiting(): number {
    return this.queuedRows;
  }

  /**
   * @returns the status of each row, after the commit
   * @throws Problem 'overloaded' when there is no room, or whatever `apply` threw: then nothing was acknowledged
   */
  add(rows: readonly OutcomeRow[]): Promise<readonly Status[]> {
    if (rows.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      this.options.room.take(rows.length, this.queuedRows);
      this.queue.push({ rows, since: performance.now(), resolve, reject });
      this.queuedRows += rows.length;
      this.running ??= this.run();
    });
  }

  /** Resolves when everything that waits is settled. */
  async drain(): Promise<void> {
    await this.running;
  }

  private async run(): Promise<void> {
    // One turn of the event loop gathers what arrived together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.queue.length > 0) {
      this.dropExpired();
      await this.settle(this.take());
    }
    this.running = undefined;
  }

  /** To store these now would be work for nobody, and might put an old value in the way of a newer one. */
  private dropExpired(): void {
    const oldest = performance.now() - this.options.patienceMs;
    const kept = this.queue.findIndex(({ since }) => since >= oldest);
    for (const { rows, reject } of this.queue.splice(0, kept < 0 ? this.queue.length : kept)) {
      this.leave(rows.length);
      reject(notStoredInTime());
    }
  }

  private take(): Waiting<Status>[] {
    let rows = 0;
    let count = 0;
    while (
      count < this.queue.length &&
      (count === 0 || rows + this.queue[count].rows.length <= this.options.batchSize)
    ) {
      rows += this.queue[count++].rows.length;
    }
    return this.queue.splice(0, count);
  }

  private async settle(batch: readonly Waiting<Status>[]): Promise<void> {
    if (batch.length === 0) return;
    const rows = batch.flatMap((waiting) => waiting.rows);
    try {
      const statuses = await this.options.apply(rows);
      let start = 0;
      for (const waiting of batch) waiting.resolve(statuses.slice(start, (start += waiting.rows.length)));
    } catch (error) {
      for (const waiting of batch) waiting.reject(error);
    } finally {
      this.leave(rows.length);
    }
  }

  private leave(rows: number): void {
    this.queuedRows -= rows;
    this.options.room.free(rows);
  }
}
