/** Whether a file is a full-information table or a decision log. */
import { readLines } from '../../../sim/table/read-lines.js';
import { readRecords } from '../../../sim/table/csv.js';
import { TableError } from '../../../sim/table/table-error.js';

/**
 * A table has scores, of every model: columns `score:MODEL`, or a member `score`. Everything else is taken for a log.
 * @throws TableError when it isn't there, is empty, or has no known format
 */
export async function kindOfFile(path: string): Promise<'table' | 'log'> {
  // Logs are never of this format, and the reader of tables says what is wrong.
  if (/\.parquet$/i.test(path)) return 'table';
  if (/\.csv(\.gz)?$/i.test(path)) {
    for await (const { cells } of readRecords(path))
      return cells.some((cell) => cell.trim().startsWith('score:')) ? 'table' : 'log';
  } else if (/\.jsonl(\.gz)?$/i.test(path)) {
    for await (const { text } of readLines(path)) if (text.trim() !== '') return hasScore(text) ? 'table' : 'log';
  } else throw new TableError(path, 'expected a table or log ending in .csv, .csv.gz, .jsonl, .jsonl.gz or .parquet');
  throw new TableError(path, 'the file is empty');
}

/** What isn't JSON is left to the reader of logs, which says where. */
function hasScore(line: string): boolean {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && 'score' in value;
  } catch {
    return false;
  }
}
