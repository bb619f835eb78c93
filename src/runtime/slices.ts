/** Long work beside a service: it gives way to what waits every few milliseconds, and ends when its time is up. */
export class Slices {
  private began: number;
  private readonly end: number;

  /**
   * @param sliceMs  how long it may work before it gives way
   * @param limitMs  how long it may take in all
   * @param overtime what is thrown then
   */
  constructor(
    private readonly sliceMs: number,
    limitMs: number,
    private readonly overtime: () => Error,
  ) {
    this.began = performance.now();
    this.end = this.began + limitMs;
  }

  /** @returns nothing while the slice lasts */
  pause(): Promise<void> | undefined {
    const now = performance.now();
    if (now > this.end) throw this.overtime();
    if (now - this.began < this.sliceMs) return undefined;
    return new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      this.began = performance.now();
    });
  }
}
