/**
 * Counts of pairs of labels, added to a counter of prom-client only when somebody reads it: the counter puts its labels
 * into a string each time.
 */
export class Tally {
  private readonly counts = new Map<string, Map<string, number>>();

  add(first: string, second: string): void {
    let row = this.counts.get(first);
    if (!row) this.counts.set(first, (row = new Map()));
    row.set(second, (row.get(second) ?? 0) + 1);
  }

  /** Hands out what came since the last time. */
  flush(take: (first: string, second: string, count: number) => void): void {
    for (const [first, row] of this.counts) for (const [second, count] of row) take(first, second, count);
    this.counts.clear();
  }
}
