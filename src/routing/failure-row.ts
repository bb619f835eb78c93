/**
 * How many decisions of one arm failed in a row, in the order in which they were made. A decision went well as long as
 * nobody says that it failed: what a request took is often told before it is known to have failed, so the failure takes
 * the success back whenever it comes, and the failures around it are neighbours then. That needs the decisions that went
 * well since the earliest failure of the row; of all others nothing is kept.
 */

/** Decisions that are remembered; a failure that comes later than so many others were heard of says nothing about now. */
const mostHeard = 1_000;

export class FailureRow {
  /** Decisions that were heard of. Their ids begin with the time, so their order is that of the decisions. */
  private readonly heard: string[] = [];
  private readonly failures = new Set<string>();

  /** Without a failure there is nothing to remember. */
  get isEmpty(): boolean {
    return this.failures.size === 0;
  }

  wentWell(decisionId: string): void {
    this.placeOf(decisionId);
  }

  /** @returns failures in a row, this one and those next to it, ≥ 1 */
  failed(decisionId: string): number {
    const place = this.placeOf(decisionId);
    this.failures.add(decisionId);
    return 1 + this.failuresFrom(place, -1) + this.failuresFrom(place, 1);
  }

  /** Failures without a gap on one side of a place. */
  private failuresFrom(place: number, step: 1 | -1): number {
    let count = 0;
    while (this.failures.has(this.heard[place + step * (count + 1)])) count++;
    return count;
  }

  /** Place of a decision, which is made when it is heard of for the first time. */
  private placeOf(decisionId: string): number {
    const known = this.search(decisionId);
    if (this.heard[known] === decisionId) return known;
    if (this.heard.length === mostHeard) this.failures.delete(this.heard.shift()!);
    const place = this.search(decisionId);
    this.heard.splice(place, 0, decisionId);
    return place;
  }

  /** First place whose decision is not before the given one. */
  private search(decisionId: string): number {
    let [low, high] = [0, this.heard.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.heard[middle] < decisionId) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
