/** The result of a scenario file: JSON, a page, and lines for the terminal. */
import { mean as meanOf } from 'simple-statistics';

import { textColumns } from '../../report/text-columns.js';
import type { FixedArms } from '../../runner/fixed-arms.js';
import type { Conclusion } from '../scenario.js';
import { objectiveOf } from './build-router.js';
import { comparisonPage } from './page.js';
import type { Prepared } from './prepare.js';
import {
  adaptationRows,
  calibrationOf,
  differencesOf,
  fixedRows,
  resultRows,
  type AdaptationRow,
  type PolicyRuns,
  type ResultRow,
} from './results.js';

/** Everything that is told of a comparison. */
export interface Comparison {
  readonly prepared: Prepared;
  readonly policies: readonly PolicyRuns[];
  readonly seeds: number;
  readonly gapMs: number;
  readonly rows: readonly ResultRow[];
  readonly fixed: ReturnType<typeof fixedRows>;
  /** Between all pairs of policies, and those against the first, which are what is shown. */
  readonly differences: ReturnType<typeof differencesOf>;
  readonly againstFirst: ReturnType<typeof differencesOf>;
  readonly adaptations: ReturnType<typeof adaptationRows>;
}

export function concludeComparison(
  prepared: Prepared,
  policies: readonly PolicyRuns[],
  fixed: readonly FixedArms[],
  gapMs: number,
): Conclusion {
  const differences = differencesOf(policies);
  const compared: Comparison = {
    prepared,
    policies,
    seeds: fixed.length,
    gapMs,
    rows: resultRows(policies, gapMs),
    fixed: fixedRows(fixed),
    differences,
    againstFirst: differences.filter(({ than }) => than === policies[0]!.name),
    adaptations: adaptationRows(policies, fixed),
  };
  return { json: jsonOf(compared), page: comparisonPage(compared), lines: linesOf(compared) };
}

function jsonOf({ prepared, policies, seeds, rows, fixed, differences, adaptations }: Comparison) {
  const first = policies[0]!.runs[0]!;
  return {
    scenario: prepared.file,
    objective: objectiveOf(prepared),
    seeds,
    changes: first.changes,
    rows,
    fixed,
    differences,
    adaptations,
    calibration: Object.fromEntries(policies.map(({ name, runs }) => [name, calibrationOf(runs)])),
    detected: Object.fromEntries(policies.map(({ name, runs }) => [name, runs.map(({ detected }) => detected)])),
    over_time: Object.fromEntries(policies.map((policy) => [policy.name, curvesOf(policy)])),
  };
}

/** Means over seeds, by the end of each stretch of requests. */
function curvesOf({ runs }: PolicyRuns) {
  const first = runs[0]!;
  const mean = (pick: (run: (typeof runs)[number]) => number) => meanOf(runs.map(pick));
  return {
    request: first.ends,
    cumulative_regret: first.regret.map((_, bin) => mean(({ regret }) => regret[bin]!)),
    reward: first.utility.map((_, bin) => mean(({ utility }) => utility[bin]!)),
    shares: Object.fromEntries(
      first.arms.map((arm, k) => [arm, first.shares.map((_, bin) => mean(({ shares }) => shares[bin]![k]!))]),
    ),
  };
}

function linesOf({ rows, adaptations, againstFirst, seeds }: Comparison): string[] {
  const metrics = Object.keys(rows[0]!.metrics);
  const phases = new Set(rows.map(({ phase }) => phase)).size > 1;
  const head = ['policy', ...(phases ? ['phase'] : []), 'reward', ...metrics, 'regret', 'use (worst)'];
  const cells = rows.map((row) => [
    row.policy,
    ...(phases ? [row.phase] : []),
    withMargin(row.reward),
    ...metrics.map((metric) => (row.metrics[metric] ? withMargin(row.metrics[metric]) : '–')),
    withMargin(row.regret),
    row.budget ? `${row.budget.use.mean.toFixed(3)} (${row.budget.worst_use.toFixed(3)})` : '–',
  ]);
  return [
    ...textColumns([head, ...cells]),
    '',
    `means per request over ${seeds} seeds, ± half their 95 % intervals`,
    ...againstFirst
      .filter(({ phase }, _, all) => !all.some((other) => other.phase === 'all') || phase === 'all')
      .map(
        ({ policy, than, differences: { reward } }) =>
          `${policy} against ${than}: reward ${signed(reward!.mean)} [${signed(reward!.low)}, ${signed(reward!.high)}]`,
      ),
    ...adaptations.map(adaptationLine),
  ];
}

function adaptationLine({ policy, change, at, requests, lost, settled_regret: level }: AdaptationRow): string {
  const [event, regret] = [`"${change}" (request ${at})`, `a regret of ${withMargin(level, 3)}`];
  if (lost === null) return `${policy} learns nothing and so cannot adapt to ${event}: ${regret}`;
  const points = `${withMargin(lost, 3)} points lost`;
  if (requests === null)
    return `${policy} is not known to have done worse right after ${event} than later (${points}): ${regret}`;
  const { mean, low, high } = requests;
  return `${policy} adapted to ${event} in ${mean} requests (${low} to ${high}; ${points}), to ${regret}`;
}

const withMargin = ({ mean, high }: { mean: number; high: number }, digits = 4): string =>
  `${short(mean, digits)} ± ${short(high - mean, 2)}`;

/** Four digits, small amounts with an exponent. */
const short = (value: number, digits: number): string => {
  if (value === 0 || Number.isNaN(value)) return String(value);
  return Math.abs(value) < 1e-3
    ? value.toExponential(Math.min(2, digits - 1))
    : String(Number(value.toPrecision(digits)));
};

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
