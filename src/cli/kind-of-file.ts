/** Whether a file is a full-information table or a decision log. */
import { stat } from 'node:fs/promises';

import { formatOf } from '../../sim/off-policy/log/folder-log.js';
import { readRecords } from '../../sim/table/csv.js';
import { openParquetFile } from '../../sim/table/parquet-file.js';
import { readLines } from '../../sim/table/read-lines.js';
import { TableError } from '../../sim/table/table-error.js';

/**
 * A table has scores, of every model: columns `score:MODEL`, or one `score` of all. Everything else is taken for a log, and so is a
 * folder, such as an export writes: a table is one file.
 * @throws TableError when it isn't there, is empty, or has no known format
 */
export async function kindOfFile(path: string): Promise<'table' | 'log'> {
  return !(await isFolder(path)) && (await hasScores(path)) ? 'table' : 'log';
}

async function hasScores(path: string): Promise<boolean> {
  switch (formatOf(path)) {
    case 'csv':
      for await (const { cells } of readRecords(path)) return cells.some(isOfModel);
      break;
    case 'jsonl':
      for await (const { text } of readLines(path)) if (text.trim() !== '') return hasMember(text);
      break;
    case 'parquet': {
      const { columns } = await openParquetFile(path);
      // One number a row under that name is an outcome of a log.
      return columns.some(({ element: { name }, children }) =>
        children.length > 0 ? name === 'score' : isOfModel(name),
      );
    }
    default:
      throw new TableError(path, 'expected a table or log ending in .csv, .csv.gz, .jsonl, .jsonl.gz or .parquet');
  }
  throw new TableError(path, 'the file is empty');
}

const isOfModel = (column: string): boolean => column.trim().startsWith('score:');

/** What isn't JSON is left to the reader of logs, which says where. */
function hasMember(line: string): boolean {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && 'score' in value;
  } catch {
    return false;
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
