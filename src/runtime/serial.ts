/** Runs tasks one after another, in the order they came; the failure of one is its caller's and stops nobody else. */
export class Serial {
  private last: Promise<unknown> = Promise.resolve();
  private tasks = 0;

  /** Whether a task runs or waits. */
  get isBusy(): boolean {
    return this.tasks > 0;
  }

  run<T>(task: () => Promise<T>): Promise<T> {
    this.tasks++;
    const result = this.last.then(task).finally(() => this.tasks--);
    this.last = result.catch(() => undefined);
    return result;
  }
}
