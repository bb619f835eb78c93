/** Goes on when the service comes back: asks again after it was away or full, ever less often. */
import { ServerAway, ServerProblem } from '../client.js';

export interface PatienceOptions {
  /** How long to wait for a service that doesn't come back. */
  readonly limitMs: number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly clock: () => number;
  readonly say: (line: string) => void;
}

const firstWaitMs = 50;
const longestWaitMs = 2_000;

const isPassing = (error: unknown) =>
  error instanceof ServerAway || (error instanceof ServerProblem && error.status === 503);

export class Patience {
  /** When the service was first found away; undefined while it answers. */
  private awaySince: number | undefined;

  constructor(private readonly options: PatienceOptions) {}

  /**
   * The answer, however often it takes to ask. Only what may be repeated must be asked: a decision that nobody hears of,
   * feedback that is met again as a duplicate.
   * @throws what is not mended by waiting, and the last error when the limit is reached
   */
  async ask<T>(attempt: () => Promise<T>): Promise<T> {
    for (let wait = firstWaitMs; ; wait = Math.min(2 * wait, longestWaitMs)) {
      try {
        const answer = await attempt();
        this.back();
        return answer;
      } catch (error) {
        if (!isPassing(error)) throw error;
        this.away(error);
        await this.options.sleep(waitOf(error, wait));
      }
    }
  }

  private away(error: unknown): void {
    const now = this.options.clock();
    if (this.awaySince === undefined) {
      this.awaySince = now;
      this.options.say(`server away, retrying: ${(error as Error).message}`);
    }
    if (now - this.awaySince > this.options.limitMs) throw error;
  }

  private back(): void {
    if (this.awaySince === undefined) return;
    const seconds = (this.options.clock() - this.awaySince) / 1000;
    this.awaySince = undefined;
    this.options.say(`server back after ${seconds.toFixed(1)} s, going on`);
  }
}

/** A full queue says itself how long to wait. */
function waitOf(error: unknown, wait: number): number {
  const asked = error instanceof ServerProblem ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
  return Math.min(Math.max(wait, asked), longestWaitMs);
}
