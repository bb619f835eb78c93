/** The report of a scenario file. */
import { accuracyFront } from '../../report/accuracy-front.js';
import { lineChart } from '../../report/line-chart.js';
import type { Figure as PageFigure, Page, PageTable } from '../../report/page.js';
import { calibrationChart, marksOf, meanCurve, regretChart, sharesChart } from '../../report/run-charts.js';
import { objectiveOf } from './build-router.js';
import type { Comparison } from './conclude.js';
import { perRequest, type AdaptationRow, type Figure } from './results.js';

export function comparisonPage(compared: Comparison): Page {
  const { prepared, policies, seeds } = compared;
  const { file } = prepared;
  const objective = Object.entries(objectiveOf(prepared))
    .map(([metric, weight]) => `${weight} · ${metric}`)
    .join(' + ')
    .replaceAll('+ -', '− ');
  return {
    title: file.title ?? file.name ?? 'A scenario',
    lead: `Reward is ${objective}. ${policies.length} policies, ${seeds} seeds of ${policies[0]!.runs[0]!.whole.requests} requests, the same for all policies; intervals hold 95 % over seeds.`,
    tables: [
      resultTable(compared),
      differenceTable(compared),
      adaptationTable(compared.adaptations),
      fixedTable(compared),
    ].filter(({ rows }) => rows.length > 0),
    figures: [regret(compared), ...front(compared), ...budgets(compared), ...shares(compared), calibration(compared)],
  };
}

const hasPhases = ({ rows }: Comparison): boolean => new Set(rows.map(({ phase }) => phase)).size > 1;

function resultTable(compared: Comparison): PageTable {
  const { rows } = compared;
  const metrics = Object.keys(rows[0]!.metrics);
  const phases = hasPhases(compared);
  const budget = rows.some((row) => row.budget);
  return {
    caption: 'Means per request',
    head: [
      'policy',
      ...(phases ? ['phase'] : []),
      'reward',
      ...metrics,
      'regret',
      ...(budget ? ['use', 'worst seed'] : []),
    ],
    rows: rows.map((row) => [
      row.policy,
      ...(phases ? [row.phase] : []),
      interval(row.reward),
      ...metrics.map((metric) => interval(row.metrics[metric])),
      interval(row.regret),
      ...(budget ? [row.budget?.use.mean.toFixed(3) ?? '–', row.budget?.worst_use.toFixed(3) ?? '–'] : []),
    ]),
  };
}

function differenceTable({ againstFirst }: Comparison): PageTable {
  const metrics = Object.keys(againstFirst[0]?.differences ?? {});
  return {
    caption: 'Policy less policy on the same seeds',
    head: ['policy', 'phase', ...metrics],
    rows: againstFirst.map(({ policy, than, phase, differences: by }) => [
      `${policy} − ${than}`,
      phase,
      ...metrics.map((metric) => interval(by[metric])),
    ]),
  };
}

export function adaptationTable(adaptations: readonly AdaptationRow[]): PageTable {
  return {
    caption:
      'Adaptation: requests after a change until nine tenths of the worst regret above the level it settles at are made up, in the mean over seeds of the next 100 (or what is left is within two standard errors; intervals by bootstrap of the seeds), the accuracy points that cost, and that level beside the regret of the best single arm. No time where the points lost are not known to be above 0. Who learns nothing cannot adapt, and has a level alone',
    head: ['policy', 'change', 'requests', 'points lost', 'settled regret', 'best single arm'],
    rows: adaptations.map((row) => [
      row.policy,
      `${row.change} (at ${row.at})`,
      range(row.requests),
      interval(row.lost),
      interval(row.settled_regret),
      `${digits(row.best_fixed.regret)} (${row.best_fixed.arm})`,
    ]),
  };
}

function fixedTable({ fixed }: Comparison): PageTable {
  const metrics = Object.keys(fixed[0]!.metrics);
  return {
    caption: 'Each arm alone, over the requests that it could serve',
    head: ['arm', 'phase', 'of the requests', 'reward', ...metrics, 'regret'],
    rows: fixed.map((row) => [
      row.arm,
      row.phase,
      `${(100 * row.share).toFixed(0)} %`,
      digits(row.reward),
      ...metrics.map((metric) => digits(row.metrics[metric]!)),
      digits(row.regret),
    ]),
  };
}

const digits = (value: number): string => {
  if (Number.isNaN(value)) return '–';
  return Math.abs(value) < 1e-3 && value !== 0 ? value.toExponential(2) : String(Number(value.toPrecision(4)));
};

/** A half-width with two digits, and a mean with no more digits than its half-width bears. */
const margin = (half: number): string => digits(Number(half.toPrecision(2)));
function rounded(mean: number, half: number): string {
  if (half === 0 || mean === 0) return digits(mean);
  const places = Math.floor(Math.log10(Math.abs(mean))) - Math.floor(Math.log10(half)) + 2;
  return digits(Number(mean.toPrecision(Math.max(1, Math.min(6, places)))));
}

const interval = (figure: Figure | null | undefined): string =>
  figure === undefined || figure === null || Number.isNaN(figure.mean)
    ? '–'
    : `${rounded(figure.mean, figure.high - figure.mean)} ± ${margin(figure.high - figure.mean)}`;

/** Bounds where they need not lie evenly. */
const range = (figure: Figure | null): string =>
  figure === null ? '–' : `${figure.mean} (${figure.low} to ${figure.high})`;

function regret({ policies }: Comparison): PageFigure {
  return {
    name: 'regret',
    caption:
      'What the best arm of each request would have been worth, less what the chosen one was; summed. Bands are 95 % intervals over seeds.',
    svg: regretChart(policies, marksOf(policies[0]!.runs[0]!)),
  };
}

/** Against what costs: energy where it is known, else money, else time. */
function front({ rows, fixed }: Comparison): PageFigure[] {
  const last = rows.at(-1)!.phase;
  const points = [
    ...rows
      .filter(({ phase }) => phase === last)
      .map(({ policy, metrics }) => ({ name: policy, metrics: means(metrics), isArm: false })),
    ...fixed
      .filter(({ phase }) => phase === last)
      .map(({ arm, metrics, share }) => ({ name: arm, metrics, isArm: true, share })),
  ];
  return accuracyFront(points);
}

const means = (metrics: Readonly<Record<string, Figure>>): Record<string, number> =>
  Object.fromEntries(Object.entries(metrics).map(([name, { mean }]) => [name, mean]));

function budgets({ policies, gapMs }: Comparison): PageFigure[] {
  const held = policies.flatMap(({ name, runs, budget }) => (budget ? [{ name, runs, budget }] : []));
  if (held.length === 0) return [];
  return [
    {
      name: 'budget-use',
      caption: 'Spend per request over the ceiling, in each stretch of requests; 1 is the ceiling.',
      svg: lineChart({
        title: 'Use of the budget over time',
        x: 'request',
        includeX: [0],
        y: 'spend / ceiling',
        include: [0, 1],
        rule: 1,
        marks: marksOf(held[0]!.runs[0]!),
        series: held.map(({ name, runs, budget }) => ({
          name,
          points: meanCurve(runs, ({ curves }) => curves[budget.metric]!).map(
            ([x, y]) => [x, y / perRequest(budget, gapMs)] as const,
          ),
        })),
      }),
    },
  ];
}

/** Of policies that always choose the same arm there is nothing to see. */
function shares({ policies }: Comparison): PageFigure[] {
  return policies
    .filter(({ runs }) => runs.some(({ whole }) => whole.shares.every((share) => share < 1)))
    .map(({ name, runs }, i) => ({
      name: `shares-${i + 1}`,
      caption: `Which arm served, under "${name}"; mean over seeds.`,
      svg: sharesChart(runs[0]!.arms, runs, marksOf(runs[0]!), `Shares over time: ${name}`),
    }));
}

function calibration({ policies }: Comparison): PageFigure {
  return {
    name: 'calibration',
    caption:
      'Expected against observed accuracy of the chosen arms, by tenths of the expected; on the dashed line predictions are right.',
    svg: calibrationChart(policies),
  };
}
