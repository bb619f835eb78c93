/** What came of a scenario, in numbers: per policy and phase, arm by arm, change by change, and policy against policy. */
import { durationMs } from '../../../src/routing/duration.js';
import type { Budget } from '../../../src/routing/spec.js';
import { estimate, pairedDifference, type Estimate } from '../../report/student.js';
import { adaptation } from '../../runner/adaptation.js';
import type { FixedArms, FixedPhase } from '../../runner/fixed-arms.js';
import type { CalibrationBin, PhaseSummary, RunSummary } from '../../runner/summary.js';

export interface PolicyRuns {
  readonly name: string;
  readonly budget: Budget | undefined;
  /** Whether outcomes move its choices; they do by default. */
  readonly learns?: boolean;
  /** One per seed, in the order of the seeds. */
  readonly runs: readonly RunSummary[];
}

/** Mean over seeds with its 95 % interval. */
export interface Figure {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

export interface ResultRow {
  readonly policy: string;
  /** 'all': all phases together. */
  readonly phase: string;
  readonly requests: number;
  /** The objective applied to what came of it. */
  readonly reward: Figure;
  /** Per request, against the best arm of each request. */
  readonly regret: Figure;
  /** Means per request in their units: accuracy, energy_j, cost_usd, latency_ms. */
  readonly metrics: Readonly<Record<string, Figure>>;
  /** Mean spend over the budget: the mean over seeds and the worst seed. */
  readonly budget?: { readonly metric: string; readonly use: Figure; readonly worst_use: number };
  readonly shares: Readonly<Record<string, number>>;
}

export interface FixedRow {
  readonly arm: string;
  readonly phase: string;
  /** Of the requests that it could serve. */
  readonly share: number;
  readonly reward: number;
  readonly regret: number;
  readonly metrics: Readonly<Record<string, number>>;
}

export interface Difference {
  readonly policy: string;
  readonly than: string;
  readonly phase: string;
  /** By metric, and of the reward: policy less the other on the same seeds. */
  readonly differences: Readonly<Record<string, Figure>>;
}

export interface AdaptationRow {
  readonly policy: string;
  readonly change: string;
  readonly at: number;
  /**
   * As `sim/runner/adaptation.ts` defines it, its `mean` that of the mean over seeds; null where the change is not known to
   * have hurt, and of a policy that learns nothing, which cannot adapt.
   */
  readonly requests: Figure | null;
  /** Accuracy points; null of a policy that learns nothing. */
  readonly lost: Figure | null;
  readonly settled_regret: Figure;
  /** The arm that alone had the least regret until the next change, in hindsight. */
  readonly best_fixed: { readonly arm: string; readonly regret: number };
}

const figure = (values: readonly number[]): Figure => figureOf(estimate(values));
const figureOf = ({ mean, low, high }: Estimate): Figure => ({ mean, low, high });

const phasesOf = ({ phases, whole }: RunSummary): PhaseSummary[] => (phases.length > 1 ? [...phases, whole] : [whole]);

/** @param gapMs of virtual time between two requests */
export function resultRows(policies: readonly PolicyRuns[], gapMs: number): ResultRow[] {
  return policies.flatMap(({ name, budget, runs }) =>
    phasesOf(runs[0]!).map((_, place) => {
      const phases = runs.map((run) => phasesOf(run)[place]!);
      return {
        policy: name,
        ...rowOf(phases, runs[0]!.arms),
        ...(budget ? { budget: useOf(budget, phases, gapMs) } : {}),
      };
    }),
  );
}

function rowOf(phases: readonly PhaseSummary[], arms: readonly string[]): Omit<ResultRow, 'policy'> {
  const first = phases[0]!;
  const known = Object.keys(first.means).filter((metric) => phases.every(({ means }) => !Number.isNaN(means[metric]!)));
  return {
    phase: first.phase,
    requests: first.requests,
    reward: figure(phases.map(({ utility }) => utility)),
    regret: figure(phases.map(({ regret }) => regret)),
    metrics: Object.fromEntries(known.map((metric) => [metric, figure(phases.map(({ means }) => means[metric]!))])),
    shares: Object.fromEntries(arms.map((arm, k) => [arm, estimate(phases.map(({ shares }) => shares[k]!)).mean])),
  };
}

function useOf(budget: Budget, phases: readonly PhaseSummary[], gapMs: number): NonNullable<ResultRow['budget']> {
  const ceiling = perRequest(budget, gapMs);
  const uses = phases.map(({ means }) => means[budget.metric]! / ceiling);
  return { metric: budget.metric, use: figure(uses), worst_use: Math.max(...uses) };
}

/** What a budget allows a request to use on average. */
export const perRequest = (budget: Budget, gapMs: number): number =>
  'per_request' in budget ? budget.per_request : (budget.limit * gapMs) / durationMs(budget.per);

export function fixedRows(fixed: readonly FixedArms[]): FixedRow[] {
  const parts = fixed.map(({ phases, whole }) => (phases.length > 1 ? [...phases, whole] : [whole]));
  return parts[0]!.flatMap((_, place) => rowsOfPhase(parts.map((phases) => phases[place]!)));
}

function rowsOfPhase(phases: readonly FixedPhase[]): FixedRow[] {
  const first = phases[0]!;
  return first.arms.map(({ arm, means }, k) => {
    const mean = (pick: (one: FixedPhase['arms'][number]) => number) =>
      estimate(phases.map(({ arms }) => pick(arms[k]!))).mean;
    return {
      arm,
      phase: first.phase,
      share: mean(({ requests }) => requests) / first.requests,
      reward: mean(({ utility }) => utility),
      regret: mean(({ regret }) => regret),
      metrics: Object.fromEntries(Object.keys(means).map((metric) => [metric, mean((one) => one.means[metric]!)])),
    };
  });
}

/** Every policy against every one before it, seed by seed. */
export const differencesOf = (policies: readonly PolicyRuns[]): Difference[] =>
  policies.flatMap((policy, i) => policies.slice(0, i).flatMap((than) => differencesBetween(policy, than)));

function differencesBetween(policy: PolicyRuns, than: PolicyRuns): Difference[] {
  return phasesOf(than.runs[0]!).map(({ phase, means }, place) => {
    const of = ({ runs }: PolicyRuns, pick: (phase: PhaseSummary) => number) =>
      runs.map((run) => pick(phasesOf(run)[place]!));
    const paired = (pick: (phase: PhaseSummary) => number): Figure =>
      figureOf(pairedDifference(of(policy, pick), of(than, pick)));
    const metrics = Object.keys(means).map((metric) => [metric, paired((one) => one.means[metric]!)] as const);
    const known = metrics.filter(([, { mean }]) => !Number.isNaN(mean));
    return {
      policy: policy.name,
      than: than.name,
      phase,
      differences: { reward: paired(({ utility }) => utility), ...Object.fromEntries(known) },
    };
  });
}

export function adaptationRows(policies: readonly PolicyRuns[], fixed: readonly FixedArms[]): AdaptationRow[] {
  return policies.flatMap(({ name, runs, learns = true }) =>
    runs[0]!.stretches.map(({ label, from }, place) => {
      const { requests, lost, level } = adaptation(runs.map(({ stretches }) => stretches[place]!));
      const arms = rowsOfPhase(fixed.map(({ stretches }) => stretches[place]!));
      // An arm that is away for part of the time, or can't serve all, is no policy of its own.
      const whole = arms.filter(({ share }) => share > 0.999);
      const best = (whole.length > 0 ? whole : arms).reduce((least, arm) => (arm.regret < least.regret ? arm : least));
      return {
        policy: name,
        change: label,
        at: from,
        requests: learns ? requests : null,
        lost: learns ? figureOf(lost) : null,
        settled_regret: figureOf(level),
        best_fixed: { arm: best.arm, regret: best.regret },
      };
    }),
  );
}

/** Tenths of predicted accuracy: how often, what was predicted on average, and what came. */
export function calibrationOf(runs: readonly RunSummary[]): CalibrationBin[] {
  return runs[0]!.calibration
    .map((_, bin) => {
      const total = (pick: keyof CalibrationBin) =>
        runs.reduce((sum, { calibration }) => sum + calibration[bin]![pick], 0);
      const count = total('count');
      return { count, predicted: total('predicted') / count, observed: total('observed') / count };
    })
    .filter(({ count }) => count > 0);
}

export type { Estimate };
