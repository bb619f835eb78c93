/** A record with named members, as a line of JSONL or a row of Parquet is, taken apart into a raw round. */
import { TableError } from '../../table/table-error.js';
import { aliases, type RawRound } from './raw-round.js';

/** @throws TableError where there is no arm, or a member that holds others by name is none */
export function roundOfRecord(path: string, line: number, record: Readonly<Record<string, unknown>>): RawRound {
  const named = (names: readonly string[]) => names.find((name) => Object.hasOwn(record, name));
  const [arm, propensity, time] = [named(aliases.arm), named(aliases.propensity), named(aliases.time)];
  if (arm === undefined) throw new TableError(path, 'expected a member "arm"; got none', { line, column: 'arm' });
  const known = [arm, propensity, time, 'probabilities', 'outcomes', 'context'];
  const rest = Object.entries(record).filter(([name]) => !known.includes(name));
  const inside = (name: string) => Object.entries(objectIn(path, line, record, name));
  return {
    line,
    arm: record[arm],
    propensity: propensity === undefined ? undefined : (record[propensity] ?? undefined),
    time: time === undefined ? undefined : (record[time] ?? undefined),
    probabilities: new Map(inside('probabilities')),
    fields: new Map(present([...inside('context'), ...rest, ...inside('outcomes')])),
    column: (name) => ({ arm, propensity, time })[name] ?? name,
  };
}

const present = (entries: [string, unknown][]) => entries.filter(([, value]) => value !== null && value !== undefined);

function objectIn(path: string, line: number, record: Readonly<Record<string, unknown>>, name: string): object {
  const value = record[name] ?? {};
  if (typeof value === 'object' && !Array.isArray(value)) return value;
  throw new TableError(path, `expected an object by name, got ${JSON.stringify(value).slice(0, 60)}`, {
    line,
    column: name,
  });
}
