/**
 * How long outcomes that other replicas took in were not yet in the view here: from when they came in until the view that
 * has them was formed.
 */
export class Staleness {
  private waiting: { readonly age: number; readonly at: number }[] = [];

  /** @param observe told the seconds of each batch of outcomes */
  constructor(private readonly observe: (seconds: number) => void) {}

  /**
   * Outcomes are about to be added to the sums.
   * @param ages seconds since they came in
   * @param at performance.now() when the ages were asked for
   */
  expect(ages: readonly number[], at: number): void {
    for (const age of ages) this.waiting.push({ age, at });
  }

  /** A view of all that is in the sums was formed. */
  formed(): void {
    if (this.waiting.length === 0) return;
    const now = performance.now();
    for (const { age, at } of this.waiting) this.observe(age + (now - at) / 1000);
    this.waiting = [];
  }
}
