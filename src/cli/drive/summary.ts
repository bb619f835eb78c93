/** What a drive found, as a person reads it. */
import { tableMetrics, type TableMetric } from '../../../sim/table/table.js';
import { figure, textTable, type Column } from '../text-table.js';
import type { DriveResult, Means } from './result.js';

interface Line {
  readonly name: string;
  readonly utility: number;
  readonly means?: Means;
  readonly share?: number;
}

const titles: Readonly<Record<TableMetric, string>> = {
  accuracy: 'accuracy',
  cost_usd: '$/1,000',
  energy_j: 'J/request',
  latency_ms: 'ms',
};
const perThousand = (metric: TableMetric, value: number | undefined) =>
  metric === 'cost_usd' && value !== undefined ? value * 1000 : value;

export function summary(result: DriveResult): string[] {
  return [
    `${result.requests} requests through ${result.router}, objective ${objectiveText(result)}`,
    '',
    ...textTable(linesOf(result), columnsFor(result)),
    '',
    verdict(result),
    ...regretLines(result),
    feedbackLine(result),
  ];
}

const objectiveText = ({ objective }: DriveResult) =>
  Object.entries(objective)
    .map(([metric, weight]) => `${metric}=${+weight.toPrecision(4)}`)
    .join(',');

/** From the best to the worst, the bounds of hindsight first. */
function linesOf(result: DriveResult): Line[] {
  const arms = Object.entries(result.fixed).map(([name, utility]) => ({
    name: `always ${name}`,
    utility,
    means: result.metrics.fixed[name]!,
    share: result.shares[name]!,
  }));
  const played: Line[] = [
    { name: 'Tradewind', utility: result.mean_utility, means: result.metrics.routed },
    ...arms,
    { name: 'uniform', utility: result.uniform },
  ];
  return [
    { name: 'best per prompt, in hindsight', utility: result.best_per_prompt },
    { name: 'best per task, in hindsight', utility: result.best_per_task },
    ...played.sort((a, b) => b.utility - a.utility),
  ];
}

function columnsFor(result: DriveResult): Column<Line>[] {
  const measured = tableMetrics.filter((metric) => result.metrics.routed[metric] !== undefined);
  return [
    { title: 'who chooses', text: (line) => line.name, width: 48 },
    { title: 'utility', text: (line) => line.utility.toFixed(4), right: true },
    ...measured.map((metric) => ({
      title: titles[metric],
      text: ({ means }: Line) =>
        means === undefined ? '' : figure(perThousand(metric, means[metric]), metric === 'accuracy' ? 4 : 3),
      right: true,
    })),
    {
      title: 'chosen by Tradewind',
      text: ({ share }) => (share === undefined ? '' : `${(100 * share).toFixed(1)} %`),
      right: true,
    },
  ];
}

function verdict(result: DriveResult): string {
  const best = result.fixed[result.best_fixed]!;
  const ahead = result.mean_utility - best;
  const points = Math.abs(ahead).toFixed(4);
  const where = Number(points) === 0 ? 'equal to' : `${points} ${ahead > 0 ? 'above' : 'below'}`;
  return `Tradewind ends ${where} the best fixed arm (${result.best_fixed}, ${best.toFixed(4)}).`;
}

/** Regret per request in each quarter: it flattens when the router learns. */
function regretLines({ regret, requests }: DriveResult): string[] {
  const at = (share: number) => regret.findLast(([request]) => request <= share * requests)?.[1] ?? 0;
  const quarters = [0.25, 0.5, 0.75, 1].map((share) => (at(share) - at(share - 0.25)) / (requests / 4));
  const last = regret.at(-1)?.[1] ?? 0;
  return [
    `Regret against the best per task: ${last.toFixed(1)} in all; per request, by quarter: ${quarters.map((q) => q.toFixed(4)).join(', ')}.`,
  ];
}

function feedbackLine({ feedback }: DriveResult): string {
  const { applied, duplicate, late, rejected, lost } = feedback;
  const refused = late + rejected > 0 ? `, ${late} too late, ${rejected} rejected` : '';
  return `Feedback: ${applied} applied, ${duplicate} met again${refused}; the accuracy of ${lost} requests was never reported.`;
}
