/**
 * Finds changes among the outcomes of a router, and holds what it found until that is recorded. Who calls it gives it
 * outcomes as they are learned, each once, beside what was believed before them, and records what it finds as facts.
 */
import type { OutcomeRow } from '../outcome.js';
import type { Change, RouterSpec } from '../spec.js';
import type { View } from '../view.js';
import type { Detection } from './detection.js';
import { ChangeWatch, type SavedLine } from './watch.js';

/** Of a router; every revision holds them all. One that changes more often than that should forget by a half-life. */
export const mostDetected = 1_000;

export class ChangeFinder {
  private watch: ChangeWatch;
  private readonly found = new Map<string, Change>();
  private full = false;

  /** @param saved of a watch to go on from */
  constructor(
    private detection: Detection,
    saved: readonly SavedLine[] = [],
  ) {
    this.watch = new ChangeWatch(detection.options, saved);
  }

  /** Goes on as a declaration says now; detectors of the same kind keep what they have seen. */
  heed(detection: Detection): void {
    if (JSON.stringify(detection.options) !== JSON.stringify(this.detection.options)) {
      this.watch = new ChangeWatch(detection.options, this.watch.saved());
    }
    this.detection = detection;
  }

  /** Outcomes that are watched, in the order of their decisions, whose ids begin with their time. */
  watched(rows: readonly OutcomeRow[]): OutcomeRow[] {
    return rows
      .filter(({ metric }) => this.detection.metrics.has(metric))
      .sort((a, b) => (a.decisionId < b.decisionId ? -1 : a.decisionId > b.decisionId ? 1 : 0));
  }

  /**
   * @param view before it has learned the row
   * @param now  milliseconds since 1970
   */
  observe(view: View, row: OutcomeRow, now: number): void {
    const name = `${row.arm}\n${row.metric}`;
    // Until a change is recorded, the outcomes after it give it away again and again.
    if (this.full || this.found.has(name)) return;
    const change = this.watch.observe(view, row, now);
    if (change) this.found.set(name, change);
  }

  /** How many changes wait to be recorded. */
  get waiting(): number {
    return this.found.size;
  }

  /** Whether a router has so many that no more are looked for. */
  get isFull(): boolean {
    return this.full;
  }

  /**
   * What was found, as facts that come after those recorded. Times never go back: epochs are counted in the order of the
   * changes, and clocks differ.
   * @param recorded of the router so far, in order of time
   */
  fresh({ arms }: Pick<RouterSpec, 'arms'>, recorded: readonly Change[], now: Date): Change[] {
    const latest = recorded.at(-1)?.at;
    const present = now.toISOString();
    const at = latest !== undefined && latest > present ? latest : present;
    const room = mostDetected - recorded.length;
    if (room <= this.found.size) this.full = true;
    return [...this.found.values()]
      .filter(({ arm }) => arms.some(({ id }) => id === arm))
      .slice(0, Math.max(0, room))
      .map((change) => ({ ...change, at }));
  }

  /** What was found is recorded. */
  clear(): void {
    this.found.clear();
  }

  /** What to go on from after a restart. */
  saved(): SavedLine[] {
    return this.watch.saved();
  }
}
