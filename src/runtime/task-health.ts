/** Which of the tasks that run over and over fail at present; told once when it begins, and once when it is over. */
import { Problem } from '../routing/problem.js';

interface HealthLogger {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

interface Failure {
  readonly reason: string;
  /** Nothing is wrong with the task: the database did not answer. */
  readonly away: boolean;
}

/** The pulse may be under way for so long before that counts as a failure. */
const pulsePatienceMs = 5_000;

export class TaskHealth {
  private readonly failures = new Map<string, Failure>();
  private pulseBegan: number | undefined;
  private ended = false;

  /** @param pulse the task that asks the database most often: when it gets an answer, the database is there for all */
  constructor(
    private readonly pulse: string,
    private readonly logger: HealthLogger,
    private readonly onRun: (task: string, outcome: 'success' | 'failure') => void = () => undefined,
  ) {}

  /** The task, with its failures noted instead of thrown, and whether it succeeded told. */
  watched(task: string, run: () => Promise<unknown>): () => Promise<boolean> {
    return async () => {
      if (task === this.pulse) this.pulseBegan = performance.now();
      try {
        await run();
        this.succeeded(task);
        this.onRun(task, 'success');
        return true;
      } catch (error) {
        if (this.ended) return false;
        this.failed(task, error);
        this.onRun(task, 'failure');
        return false;
      } finally {
        if (task === this.pulse) this.pulseBegan = undefined;
      }
    };
  }

  /** What fails from now on fails because everything ends, and is no news. */
  end(): void {
    this.ended = true;
  }

  /** In words, one for each cause. */
  reasons(): string[] {
    const failures = [...this.failures];
    const away = failures.find(([, failure]) => failure.away);
    return [
      ...(away ? [`the database does not answer (${away[0]}: ${away[1].reason})`] : []),
      ...failures.filter(([, failure]) => !failure.away).map(([task, { reason }]) => `${task} fails: ${reason}`),
      ...this.heldUp(),
    ];
  }

  /** A pulse that neither comes nor fails. */
  private heldUp(): string[] {
    const took = performance.now() - (this.pulseBegan ?? Infinity);
    return took > pulsePatienceMs ? [`${this.pulse} has been under way for ${Math.floor(took / 1_000)} s`] : [];
  }

  private succeeded(task: string): void {
    if (this.failures.size === 0) return;
    for (const [name, { away }] of this.failures) {
      if (name === task || (task === this.pulse && away)) this.failures.delete(name);
    }
    if (this.failures.size === 0) this.logger.info({ task }, 'everything that failed works again');
  }

  private failed(task: string, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    const away = error instanceof Problem && error.code === 'database-unavailable';
    const known = this.failures.get(task);
    this.failures.set(task, { reason, away });
    // One outage is one line in the log, however many tasks meet it.
    if (known?.away === away || (away && this.failures.size > 1)) return;
    this.logger.warn({ task, reason }, away ? 'the database does not answer' : 'a task in the background failed');
  }
}
