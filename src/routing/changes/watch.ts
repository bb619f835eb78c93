/**
 * Finds changes that nobody tells: a detector over the standardised residuals of each arm and metric, in the order in
 * which outcomes are taken in. What it finds is a fact to be recorded; it changes nothing itself.
 *
 * The fact says how far outcomes moved since the change seems to have begun (`offset`; for metrics that scatter in
 * proportion to their size, `scale`), that the arm's level is known only as well as from a few outcomes, and that what
 * features add to it is known a tenth as well. A model that got worse may still find the same tasks hard, so that is not
 * thrown away; nor is it sure. On the silent drop of experiment 3 of `sim/scenarios/paretobandit`, played on `val` with three
 * budgets, the mean score of the phase of the drop and the phase after it was .851 with all of it kept, .8553 with a
 * tenth and a level of 4 outcomes, .8540 with three hundredths.
 */
import { cusum, type CusumOptions } from '../../../policies/changes/cusum.js';
import type { ChangeDetector, DetectorState } from '../../../policies/changes/detector.js';
import { featuresFromGrid } from '../../../policies/linear/grid.js';
import { dot, quadraticForm } from '../../../policies/linear/packed.js';
import type { Metric } from '../metric.js';
import type { OutcomeRow } from '../outcome.js';
import type { Router } from '../router.js';
import type { Change } from '../spec.js';
import type { View } from '../view.js';

export interface WatchOptions {
  /** CUSUM with the defaults of `policies/changes/cusum.ts` unless another is given; made from its state after a restart. */
  readonly detector?: (saved?: DetectorState) => ChangeDetector;
  readonly cusum?: CusumOptions;
  /** Outcomes of an arm that a change leaves of what is known of its level. */
  readonly levelOutcomes?: number;
  /** What outcomes from before a change count for, in [0, 1]. */
  readonly weight?: number;
  /** Outcomes that must have been learned of an arm and metric before its residuals are watched. */
  readonly warmUp?: number;
}

/** After a change the level counts for so many outcomes. */
export const defaultLevelOutcomes = 4;
/** And what features add to it for this share of what was known. */
export const defaultWeight = 0.1;
export const defaultWarmUp = 50;
/** Outcomes that the size of a change is judged by. */
const mostJudged = 64;

interface Seen {
  readonly value: number;
  readonly expected: number;
}

interface Line {
  detector: ChangeDetector;
  last: Seen[];
}

/** What a watch remembers of one line of outcomes: plain numbers, to be kept as JSON. */
export interface SavedLine {
  readonly schema: string;
  readonly arm: string;
  readonly metric: string;
  readonly detector: DetectorState;
  /** Value and expectation of the last outcomes, as many as the next alarm could speak of. */
  readonly last: readonly (readonly [value: number, expected: number])[];
}

export class ChangeWatch {
  private readonly lines = new Map<string, Line>();
  /** The lines of the router watched last, by slot: their names are a fifth of the work of a watch. */
  private slots: { readonly router: Router | undefined; readonly lines: (Line | undefined)[] } = {
    router: undefined,
    lines: [],
  };
  /** Features of the row before, which those of one decision have in common. */
  private readonly features: { grid: Int16Array; x: Float64Array } = {
    grid: new Int16Array(0),
    x: new Float64Array(0),
  };

  /** @param saved of a watch to go on from; a line whose detector is not of this kind starts afresh */
  constructor(
    private readonly options: WatchOptions = {},
    saved: readonly SavedLine[] = [],
  ) {
    for (const line of saved) this.restore(line);
  }

  /** What to go on from after a restart; lines that remember nothing are left out. */
  saved(): SavedLine[] {
    return [...this.lines].flatMap(([key, { detector, last }]) => {
      const { state } = detector;
      if (state.every((entry) => entry === 0)) return [];
      const [schema, arm, metric] = key.split('\n') as [string, string, string];
      return [{ schema, arm, metric, detector: state, last: last.map(({ value, expected }) => [value, expected]) }];
    });
  }

  /**
   * @param view before it has learned the row
   * @param now  milliseconds since 1970
   * @returns the change that this outcome gives away, if it does
   */
  observe(view: View, row: OutcomeRow, now: number): Change | undefined {
    const { arms, metricNames, metrics } = view.router;
    const m = metricNames.indexOf(row.metric);
    const k = arms.indexOf(row.arm);
    if (m < 0 || k < 0 || !isOfPresent(view, row)) return undefined;
    const slot = m * arms.length + k;
    const posterior = view.posteriors[slot];
    if (posterior.outcomes < (this.options.warmUp ?? defaultWarmUp) || posterior.noiseVariance === 0) return undefined;
    const x = this.featuresOf(row);
    const expected = within(metrics[m], dot(posterior.mean, x));
    const spread = 1 + quadraticForm(posterior.covariance, x);
    const deviation = Math.sqrt(posterior.noiseVariance * spread);
    const line = this.lineAt(view.router, slot, row);
    return this.judge(line, metrics[m], row, { value: row.value, expected }, deviation, now);
  }

  private judge(
    line: Line,
    metric: Metric,
    row: OutcomeRow,
    seen: Seen,
    deviation: number,
    now: number,
  ): Change | undefined {
    line.last.push(seen);
    const count = line.detector.add((seen.value - seen.expected) / deviation);
    if (count === 0) {
      line.last.splice(0, line.last.length - Math.min(mostJudged, line.detector.run));
      return undefined;
    }
    const since = line.last.slice(-Math.min(count, mostJudged));
    line.last = [];
    return {
      at: new Date(now).toISOString(),
      arm: row.arm,
      metric: row.metric,
      ...sizeOf(metric, since),
      weight: this.options.weight ?? defaultWeight,
      level_outcomes: this.options.levelOutcomes ?? defaultLevelOutcomes,
    };
  }

  private featuresOf({ features: grid }: OutcomeRow): Float64Array {
    const { features } = this;
    if (features.grid === grid) return features.x;
    if (features.x.length !== grid.length) features.x = new Float64Array(grid.length);
    features.grid = grid;
    return featuresFromGrid(grid, features.x);
  }

  private lineAt(router: Router, slot: number, row: OutcomeRow): Line {
    if (this.slots.router !== router) this.slots = { router, lines: [] };
    return (this.slots.lines[slot] ??= this.lineOf(row));
  }

  private lineOf({ schema, arm, metric }: OutcomeRow): Line {
    const key = [schema, arm, metric].join('\n');
    let line = this.lines.get(key);
    if (!line) this.lines.set(key, (line = { detector: this.detector(), last: [] }));
    return line;
  }

  private restore({ schema, arm, metric, detector, last }: SavedLine): void {
    try {
      const line = {
        detector: this.detector(detector),
        last: last.map(([value, expected]) => ({ value, expected })),
      };
      this.lines.set([schema, arm, metric].join('\n'), line);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }

  private detector(saved?: DetectorState): ChangeDetector {
    return this.options.detector?.(saved) ?? cusum(this.options.cusum, saved);
  }
}

/**
 * Whether a row says something of how its arm does now: it was counted by the features of the view, and decided since
 * the newest change of its arm and metric. Late outcomes of decisions before it tell again what is recorded already.
 */
function isOfPresent({ router }: View, { schema, epoch, arm, metric }: OutcomeRow): boolean {
  if (schema !== router.schema) return false;
  const newest = router.settings.changes.findLast((change) => change.arm === arm && change.metric === metric);
  return newest === undefined || epoch >= newest.epoch;
}

/** How outcomes of before compare with those since. */
function sizeOf(metric: Metric, since: readonly Seen[]): Pick<Change, 'scale' | 'offset'> {
  const mean = (pick: (seen: Seen) => number) => since.reduce((sum, seen) => sum + pick(seen), 0) / since.length;
  const [value, expected] = [mean((seen) => seen.value), mean((seen) => seen.expected)];
  // A declared noise is the same at any level; without one it is taken to be in proportion to it.
  const proportional = metric.noise === undefined && value > 0 && expected > 0;
  return proportional ? { scale: value / expected } : { offset: value - expected };
}

const within = ({ minimum, maximum }: Metric, value: number): number => Math.max(minimum, Math.min(maximum, value));
