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
    ...paragraph([...warnings, ...biasesOf(estimates)].map((warning) => `note: ${warning}`)),
  ];
}

const paragraph = (lines: readonly string[]) => (lines.length > 0 ? ['', ...lines] : []);

/** Each reason once, with the estimators that give it. */
function refusalsOf(estimates: readonly EstimateRow[]): string[] {
  return [...byReason(estimates, ({ refused }) => refused)].map(
    ([reason, named]) => `${listed(named)} ${named.length === 1 ? 'has' : 'have'} no answer: ${reason}`,
  );
}

function biasesOf(estimates: readonly EstimateRow[]): string[] {
  return [...byReason(estimates, ({ biased }) => biased)].map(([bias, named]) => {
    const [intervals, hold] = named.length === 1 ? ['interval', 'holds'] : ['intervals', 'hold'];
    return `the ${intervals} of ${listed(named)} ${hold} the variation of the log, not ${bias}`;
  });
}

/** The estimators for which something is said, by what is said. */
function byReason(
  estimates: readonly EstimateRow[],
  reasonOf: (row: EstimateRow) => string | undefined,
): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const row of estimates) {
    const reason = reasonOf(row);
    if (reason !== undefined) found.set(reason, [...(found.get(reason) ?? []), row.estimator]);
  }
  return found;
}

const listed = (names: readonly string[]) => new Intl.ListFormat('en-GB').format(names);

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
