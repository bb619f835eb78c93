/** An evaluation as a person reads it. */
import type { Estimated, EstimateRow } from '../../../sim/off-policy/evaluate.js';
import { figure, textTable, type Column } from '../text-table.js';

export interface Reported {
  readonly target: string;
  readonly rounds: number;
  readonly used: number;
  readonly logged: Estimated | null;
  readonly estimates: readonly EstimateRow[];
  readonly warnings: readonly string[];
}

/** @param heading what was valued, and where */
export function evaluationReport(heading: string, evaluation: Reported, confidence: number): string[] {
  const { target, rounds, used, logged, estimates, warnings } = evaluation;
  return [
    heading,
    `${count(rounds)} rounds, ${count(used)} with an outcome; target ${target}`,
    ...(logged ? [`the policy that was logged earned ${range(logged)}`] : []),
    '',
    ...textTable(estimates, columnsOf(estimates, confidence)),
    ...paragraph(refusalsOf(estimates)),
    ...paragraph([...warnings, ...aboutDm(estimates)].map((warning) => `note: ${warning}`)),
  ];
}

const paragraph = (lines: readonly string[]) => (lines.length > 0 ? ['', ...lines] : []);

/** Each reason once, with the estimators that give it. */
function refusalsOf(estimates: readonly EstimateRow[]): string[] {
  const byReason = new Map<string, string[]>();
  for (const { estimator, refused } of estimates)
    if (refused !== undefined) byReason.set(refused, [...(byReason.get(refused) ?? []), estimator]);
  return [...byReason].map(([reason, named]) => {
    const verb = named.length === 1 ? 'has' : 'have';
    return `${new Intl.ListFormat('en-GB').format(named)} ${verb} no answer: ${reason}`;
  });
}

function aboutDm(estimates: readonly EstimateRow[]): string[] {
  const answered = estimates.some((row) => row.estimator === 'dm' && row.value !== null);
  return answered ? ['the interval of dm holds the variation of requests, not what its model may be wrong by'] : [];
}

function columnsOf(estimates: readonly EstimateRow[], confidence: number): Column<EstimateRow>[] {
  const metrics = [...new Set(estimates.flatMap((row) => Object.keys(row.metrics ?? {})))];
  const percent = `${Number((100 * confidence).toPrecision(4))} %`;
  return [
    { title: 'estimator', text: (row) => row.estimator },
    { title: 'value', text: (row) => number(row.value), right: true },
    { title: `${percent} low`, text: (row) => number(row.low), right: true },
    { title: 'high', text: (row) => number(row.high), right: true },
    { title: 'effective rounds', text: (row) => rough(row.effective_sample_size), right: true },
    { title: 'largest weight', text: (row) => rough(row.max_weight), right: true },
    ...metrics.map((name): Column<EstimateRow> => ({
      title: name,
      text: (row) => figure(row.metrics?.[name]?.value),
      right: true,
    })),
  ];
}

const number = (value: number | null) => figure(value ?? undefined, 4);
/** Rounds and weights, whose size is what matters. */
const rough = (value: number | null) =>
  value === null ? '–' : value >= 1_000 ? count(Math.round(value)) : figure(value);
const count = (value: number) => value.toLocaleString('en');
const range = ({ value, low, high }: Estimated) => `${figure(value, 4)} (${figure(low, 4)} to ${figure(high, 4)})`;
