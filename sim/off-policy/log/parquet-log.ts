/**
 * A log as Parquet: columns named as the members of JSONL, `probabilities` and `outcomes` as a map or a struct; or named as
 * in CSV, `p:ARM`. Read in batches of rows.
 */
import { openParquetFile } from '../../table/parquet-file.js';
import type { RawLog, RawRound } from './raw-round.js';
import { roundOfRecord } from './round-of-record.js';

export function openParquetLog(path: string): RawLog {
  return { path, records: () => readRounds(path) };
}

async function* readRounds(path: string): AsyncGenerator<RawRound> {
  const file = await openParquetFile(path);
  let row = 0;
  for await (const batch of file.batches(file.columns.map(({ element }) => element.name)))
    for (const record of batch) yield roundOf(path, ++row, plain(record) as Readonly<Record<string, unknown>>);
}

const probabilityOf = (name: string): string | undefined => /^p:(.+)$/.exec(name)?.[1] ?? /^p(\d+)$/.exec(name)?.[1];

function roundOf(path: string, row: number, record: Readonly<Record<string, unknown>>): RawRound {
  const round = roundOfRecord(path, row, record);
  const flat = [...round.fields].flatMap(([name, value]) => {
    const arm = probabilityOf(name);
    return arm === undefined ? [] : [[name, arm, value] as const];
  });
  if (flat.length === 0) return round;
  const fields = new Map(round.fields);
  for (const [name] of flat) fields.delete(name);
  return {
    ...round,
    fields,
    probabilities: new Map([...round.probabilities, ...flat.map(([, arm, value]) => [arm, value] as const)]),
  };
}

/** A value as JSONL would have held it. Not-a-number is how data frames write what is not known. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'number') return Number.isNaN(value) ? undefined : value;
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(plain);
  const known = Object.entries(value).map(([name, member]) => [name, plain(member)] as const);
  return Object.fromEntries(known.filter(([, member]) => member !== null && member !== undefined));
}
