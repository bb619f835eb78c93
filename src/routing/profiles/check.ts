/**
 * Whether rows that somebody brings can be taken as profiles. A prior that is wrong by a factor of a thousand costs
 * more outcomes than no prior, so a row that can't be believed refuses the whole import, and every row at fault is named.
 */
import type { Metric } from '../metric.js';
import { Problem, type FieldError } from '../problem.js';
import type { ProfileRow } from '../profile.js';
import { doubt } from './believable.js';
import { notYet } from './measured-on.js';

export interface ProfileCheck {
  /** Milliseconds since 1970; nothing can have been measured after it. */
  readonly now: number;
  /** Arms of the router; rows for other arms are refused. Absent: any arm. */
  readonly arms?: readonly string[];
  /** JSON pointer of the array in the body it came in, for the errors; '/rows' by default. */
  readonly at?: string;
}

/** So that a file in the wrong format doesn't answer with a megabyte of errors. */
const mostErrors = 100;

const members = ['arm', 'task', 'metrics', 'samples', 'source', 'measured_on', 'hardware', 'method'];
const lengths = { arm: 200, task: 200, source: 500, hardware: 500, method: 2000 } as const;

/**
 * @param rows what was brought; an array of ProfileRow if all is well
 * @param metrics every metric of the router, the built-in ones too
 * @returns new rows in the order given
 * @throws Problem 'invalid-profile' with one FieldError per value at fault (at most 100)
 */
export function checkProfiles(rows: unknown, metrics: readonly Metric[], check: ProfileCheck): ProfileRow[] {
  const at = check.at ?? '/rows';
  if (!Array.isArray(rows))
    throw new Problem('invalid-profile', `expected an array of profile rows, got ${describe(rows)}`);
  const errors: FieldError[] = [];
  const known = new Map(metrics.map((metric) => [metric.name, metric]));
  const seen = new Map<string, number>();
  rows.forEach((row, i) => {
    const before = errors.length;
    checkRow(row, `${at}/${i}`, known, check, errors);
    if (errors.length === before) checkRepeated(row as ProfileRow, i, at, seen, errors);
  });
  if (errors.length > 0) throw refusal(errors);
  return rows.map((row: ProfileRow) => ({ ...row, metrics: { ...row.metrics } }));
}

function refusal(errors: readonly FieldError[]): Problem {
  const [first] = errors;
  const more = errors.length > 1 ? `, and ${errors.length - 1} more` : '';
  return new Problem('invalid-profile', `${first!.pointer}: ${first!.detail}${more}`, errors.slice(0, mostErrors));
}

function checkRow(
  row: unknown,
  at: string,
  metrics: ReadonlyMap<string, Metric>,
  check: ProfileCheck,
  errors: FieldError[],
): void {
  const wrong = (member: string, detail: string) => errors.push({ pointer: `${at}${member}`, detail });
  if (!isRecord(row)) {
    wrong('', `expected an object with ${members.join(', ')}, got ${describe(row)}`);
    return;
  }
  for (const key of Object.keys(row))
    if (!members.includes(key)) wrong(`/${escape(key)}`, `unknown; a row has ${members.join(', ')}`);
  checkTexts(row, wrong);
  checkArm(row['arm'], check.arms, wrong);
  checkSamples(row['samples'], wrong);
  checkDate(row['measured_on'], check.now, wrong);
  checkMetrics(row['metrics'], metrics, wrong);
}

type Wrong = (member: string, detail: string) => void;

function checkTexts(row: Readonly<Record<string, unknown>>, wrong: Wrong): void {
  for (const [key, longest] of Object.entries(lengths)) {
    const value = row[key];
    const required = key === 'arm' || key === 'source';
    if (value === undefined && !required) continue;
    if (typeof value !== 'string' || value === '') wrong(`/${key}`, `expected text, got ${describe(value)}`);
    else if (value.length > longest) wrong(`/${key}`, `expected at most ${longest} characters, got ${value.length}`);
  }
}

function checkArm(arm: unknown, arms: readonly string[] | undefined, wrong: Wrong): void {
  if (arms === undefined || typeof arm !== 'string' || arm === '' || arms.includes(arm)) return;
  const some = arms.slice(0, 5).join(', ') + (arms.length > 5 ? `, … (${arms.length})` : '');
  wrong('/arm', `the router has no arm "${arm.slice(0, 200)}"; it has ${some || 'none'}. Add the arm first`);
}

function checkSamples(samples: unknown, wrong: Wrong): void {
  if (!Number.isSafeInteger(samples) || (samples as number) < 1)
    wrong('/samples', `expected how many requests were measured, a whole number from 1, got ${describe(samples)}`);
}

function checkDate(date: unknown, now: number, wrong: Wrong): void {
  const detail = typeof date === 'string' ? notYet(date, now) : `got ${describe(date)}`;
  if (detail !== undefined) wrong('/measured_on', `expected a date as 2026, 2026-05 or 2026-05-31; ${detail}`);
}

function checkMetrics(value: unknown, metrics: ReadonlyMap<string, Metric>, wrong: Wrong): void {
  if (!isRecord(value)) {
    wrong('/metrics', `expected an object as {"accuracy": 0.93, "energy_j": 12.5}, got ${describe(value)}`);
    return;
  }
  if (Object.keys(value).length === 0) wrong('/metrics', 'expected at least one metric, got none');
  for (const [name, figure] of Object.entries(value)) {
    const metric = metrics.get(name);
    const detail = metric === undefined ? unknownMetric(metrics) : figureAtFault(figure, metric);
    if (detail !== undefined) wrong(`/metrics/${escape(name)}`, detail);
  }
}

const unknownMetric = (metrics: ReadonlyMap<string, Metric>) =>
  `unknown metric; the router measures ${[...metrics.keys()].join(', ')}. Declare others in the router's "metrics"`;

function figureAtFault(figure: unknown, metric: Metric): string | undefined {
  if (typeof figure !== 'number' || !Number.isFinite(figure))
    return `expected a number in ${metric.unit === '1' ? '[0, 1]' : metric.unit}, got ${describe(figure)}`;
  return doubt(figure, metric);
}

function checkRepeated(row: ProfileRow, i: number, at: string, seen: Map<string, number>, errors: FieldError[]): void {
  const key = JSON.stringify([row.arm, row.task ?? null]);
  const before = seen.get(key);
  if (before === undefined) {
    seen.set(key, i);
    return;
  }
  const task = row.task === undefined ? 'all tasks' : `"${row.task}"`;
  errors.push({
    pointer: `${at}/${i}`,
    detail: `"${row.arm}" on ${task} is in row ${before} already; pool the two into one row, with the sum of their samples`,
  });
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const escape = (key: string) => key.slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1');

/** A value in a few words, never at length: it is somebody else's input. */
function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return value.length > 40 ? `"${value.slice(0, 40)}…"` : `"${value}"`;
  if (value === null || typeof value === 'boolean') return String(value);
  return Array.isArray(value) ? `an array of ${value.length}` : 'an object';
}
