/** Lets at most so many through at a time; the others wait in line until one leaves or their patience ends. */
export class Gate {
  private inside = 0;
  private readonly waiting = new Set<() => void>();

  constructor(private readonly limit: number) {}

  /**
   * @returns what to call once, on leaving
   * @throws the signal's reason when it aborts first; without one, patience has no end
   */
  async enter(signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted();
    if (this.inside < this.limit) this.inside++;
    else await this.wait(signal);
    return () => this.leave();
  }

  /** Runs a task inside. */
  async through<T>(task: () => Promise<T>): Promise<T> {
    const leave = await this.enter();
    return task().finally(leave);
  }

  private wait(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const admitted = () => {
        signal?.removeEventListener('abort', gaveUp);
        resolve();
      };
      const gaveUp = () => {
        this.waiting.delete(admitted);
        reject(signal!.reason);
      };
      this.waiting.add(admitted);
      signal?.addEventListener('abort', gaveUp, { once: true });
    });
  }

  /** Whoever leaves hands the place to the one who waited longest. */
  private leave(): void {
    const [next] = this.waiting;
    if (next === undefined) {
      this.inside--;
      return;
    }
    this.waiting.delete(next);
    next();
  }
}
