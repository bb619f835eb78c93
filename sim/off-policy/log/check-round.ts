/** Turns a raw record into a round, or says which of its values is wrong and where. */
import { FEATURE_UNIT } from '../../../policies/linear/grid.js';
import type { RoundOutcomes, Round } from '../round.js';
import { TableError } from '../../table/table-error.js';
import { listOf } from './list-of.js';
import type { RawRound } from './raw-round.js';

export interface RoundLayout {
  readonly arms: ReadonlyMap<string, number>;
  /** Index of the arm that each probability belongs to, by the name that the log gives it. */
  readonly probabilities: ReadonlyMap<string, number>;
  readonly metrics: readonly string[];
  /** Fields of the context, and whether they are numbers. */
  readonly context: ReadonlyMap<string, 'number' | 'category'>;
  /** Whether every round has to hold its features as they were encoded. */
  readonly encoded?: boolean;
}

/** Files round propensities: `0.333, 0.333, 0.333` is meant to be a distribution. */
const roundingError = 2e-3;

/** @throws TableError with line and column */
export function checkRound(path: string, raw: RawRound, layout: RoundLayout): Round {
  const arm = layout.arms.get(armName(path, raw));
  if (arm === undefined)
    throw wrong(
      path,
      raw,
      'arm',
      `expected one of ${[...layout.arms.keys()].slice(0, 20).join(', ')}, got ${show(raw.arm)}`,
    );
  const probabilities = distribution(path, raw, layout);
  const own = raw.propensity === undefined ? undefined : probability(path, raw, 'propensity', raw.propensity);
  const context = contextOf(path, raw, layout.context);
  const { task } = context;
  const time = timeOf(path, raw);
  const eligible = eligibleIn(path, raw)?.map((name) => layout.arms.get(name)!);
  if (own !== undefined && probabilities && Math.abs(own - probabilities[arm]!) > roundingError)
    throw wrong(path, raw, 'propensity', `${own} is not the probability of ${show(raw.arm)}, ${probabilities[arm]}`);
  checkEligible(path, raw, eligible, probabilities, layout);
  return {
    line: raw.line,
    arm,
    propensity: own ?? probabilities?.[arm] ?? NaN,
    ...(probabilities ? { probabilities } : {}),
    ...(eligible ? { eligible } : {}),
    ...(layout.encoded ? { features: featuresIn(path, raw) } : {}),
    ...(typeof task === 'string' ? { task } : {}),
    ...(time === undefined ? {} : { time }),
    context,
    outcomes: outcomesOf(path, raw, layout.metrics),
  };
}

/** What could not be chosen had no chance. @throws TableError */
function checkEligible(
  path: string,
  raw: RawRound,
  eligible: readonly number[] | undefined,
  probabilities: Float64Array | undefined,
  { arms }: RoundLayout,
): void {
  if (!eligible || !probabilities) return;
  const other = probabilities.findIndex((chance, k) => chance > 0 && !eligible.includes(k));
  if (other < 0) return;
  const detail = `expected every arm that had a chance, got none of "${[...arms.keys()][other]}", whose probability is ${probabilities[other]}`;
  throw wrong(path, raw, 'eligible', detail);
}

/** @throws TableError */
export function armName(path: string, raw: RawRound): string {
  const { arm } = raw;
  if (typeof arm === 'number' && Number.isFinite(arm)) return String(arm);
  if (typeof arm === 'string' && arm !== '') return arm;
  throw wrong(path, raw, 'arm', `expected the name of the arm that was chosen, got ${show(arm)}`);
}

function distribution(path: string, raw: RawRound, layout: RoundLayout): Float64Array | undefined {
  if (raw.probabilities.size === 0) return undefined;
  const probabilities = new Float64Array(layout.arms.size);
  let total = 0;
  for (const [name, value] of raw.probabilities) {
    const arm = layout.probabilities.get(name);
    const column = columnOf(name);
    if (arm === undefined)
      throw wrong(path, raw, column, `expected the probability of a known arm, got one of "${name}"`);
    probabilities[arm] = probability(path, raw, column, value);
    total += probabilities[arm]!;
  }
  if (Math.abs(total - 1) <= roundingError) return probabilities;
  throw new TableError(path, `expected probabilities that sum to 1, got ${Number(total.toPrecision(6))}`, {
    line: raw.line,
  });
}

const columnOf = (name: string) => (/^\d+$/.test(name) ? `p${name}` : `p:${name}`);

/** @throws TableError unless it is in [0, 1] */
export function probability(path: string, raw: RawRound, column: string, value: unknown): number {
  const number = numberOf(value);
  if (number >= 0 && number <= 1) return number;
  throw wrong(path, raw, column, `expected a probability from 0 to 1, got ${show(value)}`);
}

/**
 * The arms that could be chosen, where the log says.
 * @throws TableError unless they are arms by name, each once, and the chosen one among them
 */
function eligibleIn(path: string, raw: RawRound): string[] | undefined {
  const value = raw.fields.get('eligible');
  if (value === undefined) return undefined;
  const list = listOf(value);
  const names = list?.every(isName) ? list.map(String) : undefined;
  if (names === undefined || new Set(names).size < names.length)
    throw wrong(path, raw, 'eligible', `expected a list of arms by name, each once, as ["a", "b"], got ${show(value)}`);
  if (names.includes(armName(path, raw))) return names;
  throw wrong(
    path,
    raw,
    'eligible',
    `expected the chosen arm ${show(raw.arm)} among those that could be, got ${show(value)}`,
  );
}

const isName = (value: unknown) => (typeof value === 'string' && value !== '') || Number.isFinite(value);

/** @throws TableError unless they are there, on the grid */
function featuresIn(path: string, raw: RawRound): Int16Array {
  const value = raw.fields.get('features');
  const features = listOf(value);
  if (features?.every((entry) => Number.isInteger(entry) && Math.abs(entry as number) <= FEATURE_UNIT))
    return Int16Array.from(features as readonly number[]);
  throw wrong(path, raw, 'features', `expected a list of whole numbers within ±${FEATURE_UNIT}, got ${show(value)}`);
}

function outcomesOf(path: string, raw: RawRound, metrics: readonly string[]): RoundOutcomes {
  const outcomes: Record<string, number> = {};
  for (const metric of metrics) {
    const value = raw.fields.get(metric);
    if (value !== undefined) outcomes[metric] = figure(path, raw, metric, value);
  }
  return outcomes;
}

/** @throws TableError unless it is a finite number */
export function figure(path: string, raw: RawRound, column: string, value: unknown): number {
  const number = numberOf(value);
  if (Number.isFinite(number)) return number;
  throw wrong(path, raw, column, `expected a number, got ${show(value)}`);
}

function contextOf(path: string, raw: RawRound, fields: RoundLayout['context']): Record<string, string | number> {
  const context: Record<string, string | number> = {};
  for (const [name, kind] of fields) {
    const value = raw.fields.get(name);
    if (value === undefined) continue;
    if (typeof value !== 'string' && typeof value !== 'number')
      throw wrong(path, raw, name, `expected a text or a number, got ${show(value)}`);
    context[name] = kind === 'number' ? figure(path, raw, name, value) : String(value);
  }
  return context;
}

function timeOf(path: string, raw: RawRound): number | undefined {
  if (raw.time === undefined) return undefined;
  const time = typeof raw.time === 'number' ? raw.time : Date.parse(String(raw.time));
  if (Number.isFinite(time)) return time;
  throw wrong(path, raw, 'time', `expected a time as 2026-11-23T12:00:00Z, got ${show(raw.time)}`);
}

const numberOf = (value: unknown): number =>
  typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;

function wrong(path: string, raw: RawRound, column: string, detail: string): TableError {
  return new TableError(path, detail, { line: raw.line, column: raw.column(column) });
}

const show = (value: unknown) => JSON.stringify(value)?.slice(0, 60) ?? 'nothing';
