/**
 * When the two parts of an outcome are reported. Energy, cost and latency are known when the answer is there; whether it
 * was right is known later, in another order than asked, and for some requests never.
 */
import type { FeedbackItem } from '../../routing/request.js';
import { createRandom } from '../../routing/features/random.js';
import { tableMetrics, type Outcomes } from '../../../sim/table/table.js';

export interface ScheduleOptions {
  readonly seed: number;
  /** Share of the requests whose accuracy is never reported, in [0, 1]. */
  readonly lost: number;
  /** Accuracy comes 0 to so many requests later, each as likely. */
  readonly delay: number;
}

export class FeedbackSchedule {
  /** Requests whose accuracy will never be reported. */
  lost = 0;
  private readonly random;
  private readonly waiting = new Map<number, FeedbackItem[]>();
  private now = 0;

  constructor(private readonly options: ScheduleOptions) {
    this.random = createRandom(options.seed);
  }

  /**
   * Takes up what came of the next request.
   * @param model place of the arm that was chosen
   * @returns what is to be reported now: its telemetry, and accuracies of earlier requests that have come due
   */
  take(token: string, outcomes: Outcomes, model: number): FeedbackItem[] {
    this.plan(token, outcomes.accuracy[model]!);
    const due = this.waiting.get(this.now) ?? [];
    this.waiting.delete(this.now);
    this.now++;
    const telemetry = telemetryOf(outcomes, model);
    return telemetry === undefined ? due : [{ feedback_token: token, metrics: telemetry }, ...due];
  }

  private plan(token: string, accuracy: number): void {
    const share = () => this.random.next() / 2 ** 32;
    const [loss, delay] = [share(), Math.floor(share() * (this.options.delay + 1))];
    if (loss < this.options.lost) {
      this.lost++;
      return;
    }
    const at = this.now + delay;
    this.waiting.set(at, [...(this.waiting.get(at) ?? []), { feedback_token: token, metrics: { accuracy } }]);
  }

  /** What is still outstanding, for the end. */
  rest(): FeedbackItem[] {
    const items = [...this.waiting].sort(([a], [b]) => a - b).flatMap(([, due]) => due);
    this.waiting.clear();
    return items;
  }
}

function telemetryOf(outcomes: Outcomes, model: number): Record<string, number> | undefined {
  const known = tableMetrics
    .filter((metric) => metric !== 'accuracy')
    .map((metric) => [metric, outcomes[metric]?.[model] ?? NaN] as const)
    .filter(([, value]) => !Number.isNaN(value));
  return known.length === 0 ? undefined : Object.fromEntries(known);
}
