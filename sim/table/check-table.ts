/** What is in a table and what is wrong with it, without stopping at the first fault. */
import { checkRow } from './check-row.js';
import { openRaw } from './open-table.js';
import type { TableModel, TableRow } from './table.js';
import type { TableError } from './table-error.js';

export interface TableReport {
  readonly models: readonly TableModel[];
  /** Rows that are right. */
  readonly rows: number;
  /** Rows per split and per task; rows without one under ''. */
  readonly splits: ReadonlyMap<string, number>;
  readonly tasks: ReadonlyMap<string, number>;
  /** Rows with a prompt. */
  readonly prompts: number;
  /** How many rows are wrong, and the first of the reasons. */
  readonly wrong: number;
  readonly faults: readonly TableError[];
}

/**
 * @param most how many faults to keep
 * @throws TableError when the file can't be opened, or not be taken apart any further
 */
export async function checkTable(path: string, most = 20): Promise<TableReport> {
  const raw = await openRaw(path);
  const splits = new Map<string, number>();
  const tasks = new Map<string, number>();
  const faults: TableError[] = [];
  const counts = { rows: 0, prompts: 0, wrong: 0 };
  for await (const record of raw.records()) {
    const row = record instanceof Error ? (record as TableError) : attempt(() => checkRow(path, record, raw.models));
    if (row instanceof Error) {
      counts.wrong++;
      if (faults.length < most) faults.push(row);
      continue;
    }
    counts.rows++;
    if (row.prompt !== undefined) counts.prompts++;
    increment(splits, row.split ?? '');
    increment(tasks, row.task ?? '');
  }
  return { models: raw.models, splits, tasks, faults, ...counts };
}

function attempt(check: () => TableRow): TableRow | TableError {
  try {
    return check();
  } catch (error) {
    return error as TableError;
  }
}

const increment = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
