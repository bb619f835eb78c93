/** A log as JSONL: `{"arm": "small", "propensity": 0.25, "reward": 1, "task": "qa", "probabilities": {"small": 0.25, …}}`. */
import { readLines, type Line } from '../../table/read-lines.js';
import { TableError } from '../../table/table-error.js';
import { aliases, type RawLog, type RawRound } from './raw-round.js';

export function openJsonlLog(path: string): RawLog {
  return {
    path,
    async *records() {
      for await (const line of readLines(path)) yield roundOf(path, line);
    },
  };
}

function roundOf(path: string, line: Line): RawRound {
  const object = parse(path, line);
  const named = (names: readonly string[]) => names.find((name) => Object.hasOwn(object, name));
  const [arm, propensity, time] = [named(aliases.arm), named(aliases.propensity), named(aliases.time)];
  if (arm === undefined)
    throw new TableError(path, 'expected a member "arm"; got none', { line: line.number, column: 'arm' });
  const known = [arm, propensity, time, 'probabilities', 'outcomes', 'context'];
  const rest = Object.entries(object).filter(([name]) => !known.includes(name));
  const inside = (name: string) => Object.entries(objectIn(path, line, object, name));
  return {
    line: line.number,
    arm: object[arm],
    propensity: propensity === undefined ? undefined : (object[propensity] ?? undefined),
    time: time === undefined ? undefined : (object[time] ?? undefined),
    probabilities: new Map(inside('probabilities')),
    fields: new Map(present([...inside('context'), ...rest, ...inside('outcomes')])),
    column: (name) => ({ arm, propensity, time })[name] ?? name,
  };
}

const present = (entries: [string, unknown][]) => entries.filter(([, value]) => value !== null && value !== undefined);

function parse(path: string, { number, text }: Line): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(number === 1 ? text.replace(/^\uFEFF/, '') : text);
  } catch (error) {
    throw new TableError(path, `not JSON: ${(error as Error).message}`, { line: number });
  }
  if (isObject(value)) return value;
  throw new TableError(path, 'expected a JSON object', { line: number });
}

function objectIn(path: string, { number }: Line, object: Readonly<Record<string, unknown>>, name: string): object {
  const value = object[name] ?? {};
  if (isObject(value)) return value;
  throw new TableError(path, `expected an object by name, got ${JSON.stringify(value).slice(0, 60)}`, {
    line: number,
    column: name,
  });
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
