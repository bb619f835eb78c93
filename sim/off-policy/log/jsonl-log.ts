/** A log as JSONL: `{"arm": "small", "propensity": 0.25, "reward": 1, "task": "qa", "probabilities": {"small": 0.25, …}}`. */
import { readLines, type Line } from '../../table/read-lines.js';
import { TableError } from '../../table/table-error.js';
import type { RawLog } from './raw-round.js';
import { roundOfRecord } from './round-of-record.js';

export function openJsonlLog(path: string): RawLog {
  return {
    path,
    async *records() {
      for await (const line of readLines(path)) yield roundOfRecord(path, line.number, parse(path, line));
    },
  };
}

function parse(path: string, { number, text }: Line): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(number === 1 ? text.replace(/^\uFEFF/, '') : text);
  } catch (error) {
    throw new TableError(path, `not JSON: ${(error as Error).message}`, { line: number });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>;
  throw new TableError(path, 'expected a JSON object', { line: number });
}
