/** One run in few numbers, so that many runs fit in memory and between threads. */
import type { ChangePoint } from '../worlds/world.js';
import type { DetectedAt, Played } from './played.js';
import { stretches, type Stretch } from './stretch.js';

export interface PhaseSummary {
  readonly phase: string;
  readonly requests: number;
  readonly utility: number;
  readonly regret: number;
  /** Mean true outcome of the chosen arms, by metric; NaN where none was known. */
  readonly means: Readonly<Record<string, number>>;
  /** Share of the requests that each arm served, in the order of the arms. */
  readonly shares: readonly number[];
}

export interface RunSummary {
  readonly arms: readonly string[];
  /** In the order in which they were met. */
  readonly phases: readonly PhaseSummary[];
  /** All phases together. */
  readonly whole: PhaseSummary;
  /** First request of each phase. */
  readonly starts: readonly number[];
  /** Requests per bin of the curves below. */
  readonly binSize: number;
  /** Requests up to the end of each bin. */
  readonly ends: readonly number[];
  /** Cumulative regret at the end of each bin. */
  readonly regret: readonly number[];
  /** Shares per bin, then per arm. */
  readonly shares: readonly (readonly number[])[];
  /** Mean of each metric per bin. */
  readonly curves: Readonly<Record<string, readonly number[]>>;
  /** Mean utility per bin. */
  readonly utility: readonly number[];
  /** What changed in the world, and the regret from each change to the next. */
  readonly changes: readonly ChangePoint[];
  readonly stretches: readonly Stretch[];
  readonly detected: readonly DetectedAt[];
  /** Predicted accuracy by tenths: how often, sum predicted and sum observed. */
  readonly calibration: readonly CalibrationBin[];
}

export interface CalibrationBin {
  readonly count: number;
  readonly predicted: number;
  readonly observed: number;
}

const mostBins = 60;
const calibrationBins = 10;

export function summarise(played: Played): RunSummary {
  const binSize = Math.max(1, Math.ceil(played.length / mostBins));
  // The last bin takes what would be less than half a bin of its own.
  const bins = Math.max(1, Math.round(played.length / binSize));
  const range = (bin: number): Range => ({
    from: bin * binSize,
    to: bin === bins - 1 ? played.length : (bin + 1) * binSize,
  });
  const all = Array.from({ length: bins }, (_, bin) => range(bin));
  let total = 0;
  return {
    arms: played.arms,
    phases: played.phases.map((name, phase) => phaseOf(played, name, (i) => played.phase[i] === phase)),
    whole: phaseOf(played, 'all', () => true),
    starts: played.phases.map((_, phase) => played.phase.indexOf(phase)),
    binSize,
    ends: all.map(({ to }) => to),
    regret: all.map((bin) => (total += sum(played.regret, bin))),
    shares: all.map((bin) => sharesOf(played.arms, played.choice.subarray(bin.from, bin.to))),
    curves: Object.fromEntries(
      played.metrics.map((metric) => [metric, all.map((bin) => meanKnown(played.outcomes[metric]!, bin))]),
    ),
    utility: all.map((bin) => meanKnown(played.utility, bin)),
    changes: played.changes,
    stretches: stretches(played),
    detected: played.detected,
    calibration: calibrationOf(played),
  };
}

interface Range {
  readonly from: number;
  readonly to: number;
}

function phaseOf(played: Played, phase: string, included: (request: number) => boolean): PhaseSummary {
  const rows = Array.from(played.phase.keys()).filter(included);
  const mean = (values: Float64Array) => {
    const known = rows.map((i) => values[i]!).filter((value) => !Number.isNaN(value));
    return known.reduce((total, value) => total + value, 0) / known.length;
  };
  return {
    phase,
    requests: rows.length,
    utility: mean(played.utility),
    regret: mean(played.regret),
    means: Object.fromEntries(played.metrics.map((metric) => [metric, mean(played.outcomes[metric]!)])),
    shares: sharesOf(
      played.arms,
      played.choice.filter((_, i) => included(i)),
    ),
  };
}

function sharesOf(arms: readonly string[], choices: Uint16Array): number[] {
  const counts = arms.map(() => 0);
  for (const arm of choices) counts[arm]!++;
  return counts.map((count) => count / Math.max(1, choices.length));
}

function sum(values: Float64Array, { from, to }: Range): number {
  let total = 0;
  for (let i = from; i < to; i++) total += values[i]!;
  return total;
}

function meanKnown(values: Float64Array, { from, to }: Range): number {
  const known = values.subarray(from, to).filter((value) => !Number.isNaN(value));
  return known.reduce((total, value) => total + value, 0) / known.length;
}

function calibrationOf({ predicted, outcomes, length }: Played): CalibrationBin[] {
  const bins = Array.from({ length: calibrationBins }, () => ({ count: 0, predicted: 0, observed: 0 }));
  if (!predicted.accuracy) return bins;
  for (let i = 0; i < length; i++) {
    const expected = predicted.accuracy[i]!;
    const bin = bins[Math.min(calibrationBins - 1, Math.floor(expected * calibrationBins))];
    if (!bin || Number.isNaN(outcomes.accuracy![i]!)) continue;
    bin.count++;
    bin.predicted += expected;
    bin.observed += outcomes.accuracy![i]!;
  }
  return bins;
}
