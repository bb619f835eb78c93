/** The report as lines of a terminal, each written when its step ends. */
import type { OverloadRow } from './overload.js';
import type { StepRow } from './step.js';

const columns: readonly (readonly [title: string, text: (row: StepRow) => string])[] = [
  ['replicas', ({ replicas }) => String(replicas)],
  ['offered/s', ({ offered }) => String(offered)],
  ['decisions/s', (row) => row.decisions_per_s.toFixed(0)],
  ['feedback/s', (row) => row.feedback_per_s.toFixed(0)],
  ['p50 ms', (row) => row.p50_ms.toFixed(1)],
  ['p99 ms', (row) => row.p99_ms.toFixed(1)],
  ['p99.9 ms', (row) => row.p999_ms.toFixed(1)],
  ['errors', ({ errors }) => String(errors)],
  ['CPU µs/request', (row) => row.cpu_us_per_request?.toFixed(0) ?? '–'],
  ['memory MB', (row) => row.rss_mb.toFixed(0)],
  ['client busy', (row) => `${(row.client_busy * 100).toFixed(0)} %`],
];

export const stepTitles = columns.map(([title]) => title).join('  ');

export const stepLine = (row: StepRow): string =>
  columns.map(([title, text]) => text(row).padStart(title.length)).join('  ');

const ms = (value: number | null) => (value === null ? '–' : `${value.toFixed(1)} ms`);

export function overloadLines(row: OverloadRow): string[] {
  const { refused, refused_p50_ms: half, refused_p99_ms: most, recovered_after_s: recovered } = row;
  return [
    `overload at ${row.offered}/s: ${row.goodput_per_s.toFixed(0)} decisions/s done, ` +
      `${(row.goodput_of_peak * 100).toFixed(0)} % of the peak, p99 ${ms(row.p99_ms)}`,
    `  ${refused} refused with 503 (p50 ${ms(half)}, p99 ${ms(most)} after they were sent), ` +
      `${row.unanswered} given up by the client, ${row.failed} failed`,
    `  ${recovered === null ? 'no recovery within 30 s' : `within the limits again after ${recovered} s`}`,
  ];
}
