/** The report as lines of a terminal, each written when its step ends. */
import type { FeedbackRow } from './feedback-only.js';
import type { GrowthRow } from './growth.js';
import type { OverloadRow } from './overload.js';
import type { StepRow } from './step.js';

type Columns<Row> = readonly (readonly [title: string, text: (row: Row) => string])[];

const stepColumns: Columns<StepRow> = [
  ['replicas', ({ replicas }) => String(replicas)],
  ['offered/s', ({ offered }) => String(offered)],
  ['decisions/s', (row) => row.decisions_per_s.toFixed(0)],
  ['feedback/s', (row) => row.feedback_per_s.toFixed(0)],
  ['p50 ms', (row) => row.p50_ms.toFixed(1)],
  ['p99 ms', (row) => row.p99_ms.toFixed(1)],
  ['p99.9 ms', (row) => row.p999_ms.toFixed(1)],
  ['errors', ({ errors }) => String(errors)],
  ['CPU µs/request', (row) => row.cpu_us_per_request?.toFixed(0) ?? '–'],
  ['log B/row', (row) => row.wal_bytes_per_row?.toFixed(0) ?? '–'],
  ['table B/row', (row) => row.table_bytes_per_row?.toFixed(0) ?? '–'],
  ['memory MB', (row) => row.rss_mb.toFixed(0)],
  ['client busy', (row) => `${(row.client_busy * 100).toFixed(0)} %`],
];

const unless = (value: number | null, digits = 0) => value?.toFixed(digits) ?? '–';

const growthColumns: Columns<GrowthRow> = [
  ['routers', ({ routers }) => String(routers)],
  ['rows stored', ({ stored_rows }) => String(stored_rows)],
  ['decisions/s', (row) => row.decisions_per_s.toFixed(0)],
  ['CPU µs/decision', (row) => unless(row.cpu_us_per_request)],
  ['and outcome', (row) => unless(row.cpu_us_with_outcome)],
  ['idle ms/s', (row) => row.idle_cpu_ms_per_s.toFixed(0)],
  ['p50 ms', (row) => row.p50_ms.toFixed(1)],
  ['p99 ms', (row) => row.p99_ms.toFixed(1)],
  ['errors', ({ errors }) => String(errors)],
  ['memory MB', (row) => row.rss_mb.toFixed(0)],
  ['start s', (row) => unless(row.started_in_s, 1)],
  ['by id p50 ms', (row) => unless(row.by_id_p50_ms, 1)],
  ['days touched', (row) => (row.days === null ? '–' : `${row.days_touched} of ${row.days}`)],
];

const feedbackColumns: Columns<FeedbackRow> = [
  ['replicas', ({ replicas }) => String(replicas)],
  ['offered/s', ({ offered }) => String(offered)],
  ['outcomes/s', (row) => row.outcomes_per_s.toFixed(0)],
  ['p50 ms', (row) => row.p50_ms.toFixed(1)],
  ['p99 ms', (row) => row.p99_ms.toFixed(1)],
  ['errors', ({ errors }) => String(errors)],
  ['CPU µs/outcome', (row) => unless(row.cpu_us_per_outcome)],
  ['log B/outcome', (row) => row.wal_bytes_per_outcome.toFixed(0)],
  ['table B/outcome', (row) => row.table_bytes_per_outcome.toFixed(0)],
  ['client busy', (row) => `${(row.client_busy * 100).toFixed(0)} %`],
];

const titles = <Row>(columns: Columns<Row>): string => columns.map(([title]) => title).join('  ');
const line = <Row>(columns: Columns<Row>, row: Row): string =>
  columns.map(([title, text]) => text(row).padStart(title.length)).join('  ');

export const stepTitles = titles(stepColumns);
export const stepLine = (row: StepRow): string => line(stepColumns, row);
export const growthTitles = titles(growthColumns);
export const growthLine = (row: GrowthRow): string => line(growthColumns, row);
export const feedbackTitles = titles(feedbackColumns);
export const feedbackLine = (row: FeedbackRow): string => line(feedbackColumns, row);

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
