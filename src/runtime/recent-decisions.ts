/** The latest decisions of a router, as far as this process remembers: which arm was chosen, and when. */
const remembered = 1_000;

export interface RecentDecisions {
  readonly decisions: number;
  readonly since: string | null;
  readonly chosen: Readonly<Record<string, number>>;
}

export class DecisionMemory {
  /** Two rings, for a pair of each decision would be an object more per request. */
  private readonly arms: string[] = [];
  private readonly times = new Float64Array(remembered);
  private next = 0;

  /** @param at milliseconds since 1970 */
  add(arm: string, at: number): void {
    this.arms[this.next] = arm;
    this.times[this.next] = at;
    this.next = (this.next + 1) % remembered;
  }

  recent(): RecentDecisions {
    const { arms, times } = this;
    const chosen = new Map<string, number>();
    for (const arm of arms) chosen.set(arm, (chosen.get(arm) ?? 0) + 1);
    const oldest = arms.length < remembered ? 0 : this.next;
    return {
      decisions: arms.length,
      since: arms.length === 0 ? null : new Date(times[oldest]).toISOString(),
      chosen: Object.fromEntries(chosen),
    };
  }
}
