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

export class TaskHealth {
  private readonly failures = new Map<string, Failure>();
  private ended = false;

  /** @param pulse the task that asks the database most often: when it gets an answer, the database is there for all */
  constructor(
    private readonly pulse: string,
    private readonly logger: HealthLogger,
    private readonly onRun: (task: string, outcome: 'success' | 'failure') => void = () => undefined,
  ) {}

  /** The task, with its failures noted instead of thrown. */
  watched(task: string, run: () => Promise<unknown>): () => Promise<void> {
    return async () => {
      try {
        await run();
        this.succeeded(task);
        this.onRun(task, 'success');
      } catch (error) {
        if (this.ended) return;
        this.failed(task, error);
        this.onRun(task, 'failure');
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
    ];
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
