/**
 * Reads profile files. The rows come out unchecked, each with the line it began on; `checkProfiles` says whether they
 * can be believed.
 *
 * JSON: an array of rows, or an object with the array as `rows`. JSONL: a row a line. CSV: a header, then a row a line:
 *
 *     arm,task,accuracy,energy_j,latency_ms,cost_usd,samples,source,measured_on,hardware,method
 *     small-model,support,0.81,12.5,240,,500,our own test set,2026-05,1 × L4,greedy decoding
 *
 * Columns may come in any order; those that are no member of a row are metrics; an empty cell is a value not known.
 */
import { CsvError, parseCsv, type CsvRecord } from '../csv.js';
import { jsonFault, withoutMark } from '../json-fault.js';
import { Problem } from '../problem.js';

export type ProfileFormat = 'csv' | 'json' | 'jsonl';

export interface ProfileFile {
  readonly rows: readonly unknown[];
  /** Line on which each row begins, from 1; for JSON, which has no lines of its own, the row's place from 1. */
  readonly lines: readonly number[];
}

const texts = ['arm', 'task', 'source', 'measured_on', 'hardware', 'method'];

/** By the file's name. @throws Problem 'invalid-profile' for another ending */
export function profileFormat(name: string): ProfileFormat {
  const ending = /\.(csv|json|jsonl)$/i.exec(name)?.[1];
  if (ending === undefined)
    throw new Problem('invalid-profile', `expected a .csv, .json or .jsonl file, got "${name}"`);
  return ending.toLowerCase() as ProfileFormat;
}

/** @throws Problem 'invalid-profile' when the text isn't of the format, with the line */
export function parseProfiles(text: string, format: ProfileFormat): ProfileFile {
  switch (format) {
    case 'csv':
      return fromCsv(text);
    case 'jsonl':
      return fromJsonLines(text);
    case 'json':
      return fromJson(text);
  }
}

function fromJson(text: string): ProfileFile {
  const value = parseJson(text);
  const rows: unknown = Array.isArray(value) ? value : (value as { rows?: unknown } | null)?.rows;
  if (!Array.isArray(rows))
    throw new Problem(
      'invalid-profile',
      'expected a JSON array of profile rows, or an object with that array as "rows"',
    );
  return { rows, lines: rows.map((_, i) => i + 1) };
}

function fromJsonLines(text: string): ProfileFile {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((line, i) => [line.trim(), i + 1] as const)
    .filter(([line]) => line !== '');
  return {
    rows: lines.map(([line, number]) => parseJson(line, number)),
    lines: lines.map(([, number]) => number),
  };
}

function parseJson(text: string, firstLine = 1): unknown {
  try {
    return JSON.parse(withoutMark(text));
  } catch {
    throw new Problem('invalid-profile', `not JSON. ${jsonFault(text, firstLine)}`);
  }
}

function fromCsv(text: string): ProfileFile {
  const [header, ...records] = csvRecords(text);
  if (header === undefined) throw new Problem('invalid-profile', 'expected a header line and rows, got an empty file');
  const columns = header.cells.map((cell) => cell.trim());
  if (!columns.includes('arm'))
    throw new Problem('invalid-profile', `line ${header.line}: expected a column "arm", got ${columns.join(', ')}`);
  return {
    rows: records.map((record) => rowOf(record, columns)),
    lines: records.map((record) => record.line),
  };
}

function csvRecords(text: string): CsvRecord[] {
  try {
    return parseCsv(text);
  } catch (error) {
    if (error instanceof CsvError) throw new Problem('invalid-profile', error.message);
    throw error;
  }
}

function rowOf(record: CsvRecord, columns: readonly string[]): unknown {
  if (record.cells.length !== columns.length)
    throw new Problem(
      'invalid-profile',
      `line ${record.line}: expected ${columns.length} cells as in the header, got ${record.cells.length}`,
    );
  const row: [string, unknown][] = [];
  const metrics: [string, unknown][] = [];
  columns.forEach((column, i) => {
    const cell = record.cells[i]!.trim();
    if (cell === '') return;
    if (texts.includes(column)) row.push([column, cell]);
    else if (column === 'samples') row.push([column, numberOf(cell)]);
    else metrics.push([column, numberOf(cell)]);
  });
  return { ...Object.fromEntries(row), metrics: Object.fromEntries(metrics) };
}

/** The number a cell holds, or the cell as it is, for the check to name. */
const numberOf = (cell: string): number | string =>
  /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(cell) ? Number(cell) : cell;
