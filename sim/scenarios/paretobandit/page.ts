/** The report of an experiment: reward and use against the budget, and over time regret, shares and calibration. */
import { accuracyFront } from '../../report/accuracy-front.js';
import { lineChart, type Series } from '../../report/line-chart.js';
import type { Figure, Page, PageTable } from '../../report/page.js';
import { calibrationChart, meanCurve, regretChart, sharesChart } from '../../report/run-charts.js';
import type { FixedPhase } from '../../runner/fixed-arms.js';
import { adaptationTable } from '../file/page.js';
import type { AdaptationRow } from '../file/results.js';
import type { ParetoData } from './data.js';
import type { PlayedJob, ResultRow } from './experiment.js';

export interface ExperimentReport {
  readonly name: string;
  readonly title: string;
  readonly rows: readonly ResultRow[];
  readonly data: ParetoData;
  readonly changes: readonly { readonly phase: string; readonly label: string }[];
  readonly hindsight?: readonly number[];
  /** What each model alone earns, by phase of the rows. */
  readonly fixed: readonly FixedPhase[];
  readonly adaptations?: readonly AdaptationRow[];
  /** What was played beside the main rows, under what it is. */
  readonly beside: readonly { readonly caption: string; readonly rows: readonly ResultRow[] }[];
  readonly tables?: readonly PageTable[];
}

export function experimentPage(report: ExperimentReport, runs: readonly PlayedJob[]): Page {
  const { rows, title, name } = report;
  const seeds = new Set(runs.map(({ job }) => job.seed)).size;
  return {
    title: `${name}: ${title}`,
    lead: `Three models, prompt text alone as context, one configuration for all budgets; ${seeds} seeds, 95 % intervals over seeds. Published: ParetoBandit on the same data.`,
    tables: [
      tableOf('Reward and use of the budget', rows),
      ...report.beside.map((beside) => tableOf(beside.caption, beside.rows)),
      ...(report.tables ?? []),
      ...(report.adaptations ? [adaptationTable(report.adaptations)] : []),
    ],
    figures: [
      ...(rows.some(({ phase }) => phase > 0) ? [1, 2, 3] : [0]).flatMap((phase) => [
        ...budgetFigures(report, phase),
        ...frontOf(report, phase),
      ]),
      ...runFigures(report, runs),
    ],
  };
}

function tableOf(caption: string, rows: readonly ResultRow[]): PageTable {
  const digits = (value: number | null, count: number) => (value === null ? '–' : value.toFixed(count));
  return {
    caption,
    head: [
      'budget, $ per request',
      'phase',
      'reward',
      '95 % interval',
      'published reward',
      'use',
      'worst seed',
      'published use',
    ],
    rows: rows.map((row) => [
      row.budget.toExponential(3),
      row.phase === 0 ? 'test' : String(row.phase),
      row.reward.toFixed(4),
      `${row.reward_ci95[0].toFixed(4)} – ${row.reward_ci95[1].toFixed(4)}`,
      digits(row.published_reward, 3),
      row.use.toFixed(3),
      row.worst_use.toFixed(3),
      digits(row.published_use, 2),
    ]),
  };
}

function budgetFigures({ rows, hindsight }: ExperimentReport, phase: number): Figure[] {
  const shown = rows.filter((row) => row.phase === phase);
  const suffix = phase === 0 ? '' : `, phase ${phase}`;
  const line = (
    name: string,
    value: (row: ResultRow, i: number) => number | null,
    form: Series['form'] = 'line',
  ): Series => ({
    name,
    form,
    points: shown.flatMap((row, i) => {
      const y = value(row, i);
      return y === null ? [] : [[row.budget, y] as const];
    }),
  });
  const reward = [
    { ...line('Tradewind', ({ reward: mean }) => mean), band: shown.map(({ reward_ci95 }) => reward_ci95) },
    line('published', ({ published_reward }) => published_reward, 'dashed'),
    ...(hindsight ? [line('best policy per task, in hindsight', (_, i) => hindsight[i]!, 'dashed')] : []),
  ];
  const use = [
    line('Tradewind, mean', (row) => row.use),
    line('Tradewind, worst seed', (row) => row.worst_use, 'dots'),
    line('published', ({ published_use }) => published_use, 'dashed'),
  ];
  const x = 'budget, dollars per request';
  const [rewardTitle, useTitle] = [`Reward against budget${suffix}`, `Use of the budget${suffix}`];
  return [
    {
      name: `reward-${phase}`,
      caption: 'Mean score of the chosen models; the band is the 95 % interval over seeds.',
      svg: lineChart({ title: rewardTitle, x, y: 'mean score', series: reward, logX: true }),
    },
    {
      name: `use-${phase}`,
      caption: 'Mean cost over the budget; 1 is the ceiling.',
      svg: lineChart({
        title: useTitle,
        x,
        y: 'cost / budget',
        series: use.filter(({ points }) => points.length > 0),
        logX: true,
        include: [1],
        rule: 1,
      }),
    },
  ];
}

/** Every budget and every model alone. */
function frontOf({ rows, fixed }: ExperimentReport, phase: number): Figure[] {
  const name = phase === 0 ? 'test' : String(phase);
  const alone = fixed.find((one) => one.phase === name);
  return accuracyFront(
    [
      ...rows
        .filter((row) => row.phase === phase)
        .map(({ budget, reward, use }) => ({
          name: `Tradewind at ${budget.toExponential(1)}`,
          metrics: { accuracy: reward, cost_usd: use * budget },
          isArm: false,
        })),
      ...(alone?.arms ?? []).map(({ arm, means, requests }) => ({
        ...{ name: arm, metrics: means, isArm: true },
        share: requests / alone!.requests,
      })),
    ],
    phase === 0 ? '' : `, phase ${phase}`,
  ).map((figure) => ({ ...figure, name: `${figure.name}-${phase}` }));
}

/** Over time, for the budget in the middle. */
function runFigures({ rows, changes, data }: ExperimentReport, runs: readonly PlayedJob[]): Figure[] {
  const budgets = [...new Set(rows.map(({ budget }) => budget))];
  const middle = budgets[Math.floor(budgets.length / 2)]!;
  const chosen = runs.filter(({ job }) => job.variant.budget === middle).map(({ run }) => run);
  const first = chosen[0]!;
  const marks = [
    ...first.phases
      .slice(1)
      .map(({ phase }, i) => ({ x: first.starts[i + 1]!, label: phase === 'test' ? 'test' : labelOf(phase, changes) })),
  ];
  const at = `at ${middle.toExponential(2)} $ per request`;
  return [
    {
      name: 'regret',
      caption: 'Best per prompt, whatever it costs, less the chosen model; summed.',
      svg: regretChart(
        budgets.map((budget) => ({
          name: `${budget.toExponential(2)} $ per request`,
          runs: runs.filter(({ job }) => job.variant.budget === budget).map(({ run }) => run),
        })),
        marks,
      ),
    },
    {
      name: 'shares',
      caption: `Which model served, ${at}; mean over seeds.`,
      svg: sharesChart(data.arms, chosen, marks),
    },
    {
      name: 'spend',
      caption: `Cost over the budget as time goes by, ${at}.`,
      svg: lineChart({
        title: 'Spend over time',
        x: 'request',
        y: 'cost / budget',
        marks,
        include: [1],
        rule: 1,
        series: [
          {
            name: 'mean over seeds',
            points: meanCurve(chosen, (run) => run.curves.cost_usd!).map(([x, y]) => [x, y / middle]),
          },
        ],
      }),
    },
    {
      name: 'calibration',
      caption: 'Expected against observed score of the chosen models, by tenths.',
      svg: calibrationChart([{ name: 'Tradewind', runs: chosen }]),
    },
  ];
}

const labelOf = (phase: string, changes: ExperimentReport['changes']): string =>
  changes.find((change) => change.phase === phase)?.label ?? `phase ${phase}`;
