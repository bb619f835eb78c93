/** The latest decisions of a router, as far as this process remembers: which arm was chosen, and when. */
const remembered = 1_000;

export interface RecentDecisions {
  readonly decisions: number;
  readonly since: string | null;
  readonly chosen: Readonly<Record<string, number>>;
}

export class DecisionMemory {
  private readonly ring: { readonly arm: string; readonly at: number }[] = [];
  private next = 0;

  add(arm: string, at: number): void {
    this.ring[this.next] = { arm, at };
    this.next = (this.next + 1) % remembered;
  }

  recent(): RecentDecisions {
    const chosen = new Map<string, number>();
    for (const { arm } of this.ring) chosen.set(arm, (chosen.get(arm) ?? 0) + 1);
    const oldest = this.ring.length < remembered ? this.ring[0] : this.ring[this.next];
    return {
      decisions: this.ring.length,
      since: oldest ? new Date(oldest.at).toISOString() : null,
      chosen: Object.fromEntries(chosen),
    };
  }
}
