/**
 * The decision log, written behind: an answer never waits for the database. The queue is bounded; while the database is
 * away it fills, and once full a request is refused rather than decided without a trace.
 */
import { Problem } from '../routing/problem.js';
import type { LoggedDecision } from '../routing/decision.js';

export interface DecisionBatcherOptions {
  /** Writes a batch; writing one again must be harmless. */
  readonly write: (batch: readonly LoggedDecision[]) => Promise<void>;
  readonly onError: (error: unknown, waiting: number) => void;
  /** Decisions that may wait. */
  readonly capacity: number;
  readonly batchSize: number;
  /** How long a batch is gathered. */
  readonly lingerMs: number;
  /** Pause after a failed write. */
  readonly retryMs: number;
}

export class DecisionBatcher {
  /** By id, in the order they were made. */
  private readonly queue = new Map<string, LoggedDecision>();
  private writing: Promise<void> | undefined;
  private wake: (() => void) | undefined;
  private draining = false;
  private closed = false;
  /** Since when every write has failed; undefined while they succeed. */
  failingSince: Date | undefined;

  constructor(private readonly options: DecisionBatcherOptions) {}

  get waiting(): number {
    return this.queue.size;
  }

  /** The decision that has waited for longest. */
  get oldest(): LoggedDecision | undefined {
    return this.queue.values().next().value;
  }

  /** A decision that waits to be logged. */
  find(id: string): LoggedDecision | undefined {
    return this.queue.get(id);
  }

  /** @throws Problem 'overloaded' when there is no room for another decision */
  assertRoom(): void {
    if (this.queue.size < this.options.capacity && !this.closed) return;
    throw new Problem(
      'overloaded',
      `${this.queue.size} decisions wait to be logged, as many as fit; ask again when the database has caught up`,
      [],
      1,
    );
  }

  /** Takes a decision in; call `assertRoom` first. */
  add(decision: LoggedDecision): void {
    this.queue.set(decision.id, decision);
    this.writing ??= this.run();
    if (this.queue.size >= this.options.batchSize) this.wake?.();
  }

  /** Writes what waits; resolves when all of it is stored. @param timeoutMs gives up after this long */
  async drain(timeoutMs: number): Promise<boolean> {
    this.draining = true;
    this.wake?.();
    const deadline = Date.now() + timeoutMs;
    while (this.writing && Date.now() < deadline) {
      await Promise.race([this.writing, pause(Math.max(0, deadline - Date.now()))]);
    }
    this.draining = false;
    return this.queue.size === 0;
  }

  /** Drains, then takes nothing more. @returns how many decisions could not be stored */
  async close(timeoutMs: number): Promise<number> {
    await this.drain(timeoutMs);
    this.closed = true;
    this.wake?.();
    return this.queue.size;
  }

  private async run(): Promise<void> {
    while (this.queue.size > 0 && !this.closed) {
      if (this.queue.size < this.options.batchSize && !this.draining) await this.linger();
      const batch = this.nextBatch();
      try {
        await this.options.write(batch);
        for (const { id } of batch) this.queue.delete(id);
        this.failingSince = undefined;
      } catch (error) {
        this.failingSince ??= new Date();
        this.options.onError(error, this.queue.size);
        await pause(this.options.retryMs);
      }
    }
    this.writing = undefined;
  }

  private nextBatch(): LoggedDecision[] {
    const batch: LoggedDecision[] = [];
    for (const decision of this.queue.values()) {
      if (batch.length === this.options.batchSize) break;
      batch.push(decision);
    }
    return batch;
  }

  /** Gathers a batch, cut short when one is full or the queue is to be drained. A pause after a failure is not. */
  private async linger(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.options.lingerMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = undefined;
  }
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
