/**
 * Tasks by name, begun again and again by whoever does not wait for them: one of a name at a time, so that one that is
 * stuck holds up no other and is not begun twice.
 */
export class UnderWay {
  private readonly since = new Map<string, number>();
  private readonly failures = new Map<string, unknown>();

  /** @param patienceMs how long a task may take before that counts as a failure; it goes on then */
  constructor(
    private readonly what: string,
    private readonly patienceMs: number,
  ) {}

  has(name: string): boolean {
    return this.since.has(name);
  }

  /** Begins a task, unless one of that name is under way. */
  begin(name: string, task: () => Promise<void>): void {
    if (this.since.has(name)) return;
    this.since.set(name, performance.now());
    task()
      .then(
        () => this.failures.delete(name),
        (error: unknown) => this.failures.set(name, error),
      )
      .finally(() => this.since.delete(name));
  }

  /** There is nothing to do under that name: how it went the last time does not matter any more. */
  forgive(name: string): void {
    this.failures.delete(name);
  }

  /** @throws what a task failed with the last time, or Error where one takes longer than it may */
  check(): void {
    for (const error of this.failures.values()) throw error;
    const now = performance.now();
    for (const [name, began] of this.since) {
      const seconds = Math.floor((now - began) / 1_000);
      if (now - began > this.patienceMs) throw new Error(`${this.what} ${name} has been under way for ${seconds} s`);
    }
  }
}
