/** Opens a full-information table, whatever its format. The format a person can write is in `sim/README.md`. */
import { checkRow } from './check-row.js';
import { openCsv } from './csv.js';
import { openJsonl } from './jsonl.js';
import type { RawTable } from './layout.js';
import { openParquet } from './parquet.js';
import type { Table, TableFilter, TableModel, TableRow } from './table.js';
import { isParquet, TableError } from './table-error.js';

/** @throws TableError when the file isn't there, its format isn't known, or its models can't be told */
export async function openTable(path: string): Promise<Table> {
  const raw = await openRaw(path);
  return { path, models: raw.models, rows: (filter) => rowsOf(path, raw, filter ?? {}) };
}

/** @throws TableError */
export async function openRaw(path: string): Promise<RawTable> {
  if (/\.jsonl(\.gz)?$/i.test(path)) return openJsonl(path);
  if (/\.csv(\.gz)?$/i.test(path)) return openCsv(path);
  if (isParquet(path)) return openParquet(path);
  throw new TableError(path, 'expected a file ending in .jsonl, .jsonl.gz, .csv, .csv.gz or .parquet');
}

async function* rowsOf(path: string, raw: RawTable, filter: TableFilter): AsyncGenerator<TableRow> {
  const { splits, limit = Infinity } = filter;
  let count = 0;
  if (limit <= 0) return;
  for await (const record of raw.records()) {
    if (record instanceof Error) throw record;
    if (splits !== undefined && !splits.includes(record.texts.split as string)) continue;
    yield checkRow(path, record, raw.models);
    if (++count >= limit) return;
  }
}

/**
 * The same table with only some of its models, in the order named.
 * @throws TableError when a model isn't in the table
 */
export function narrowTable(table: Table, names: readonly string[]): Table {
  const places = names.map((name) => placeOf(table, name));
  const pick = (values: Float64Array) => Float64Array.from(places, (place) => values[place]!);
  return {
    path: table.path,
    models: places.map((place): TableModel => table.models[place]!),
    async *rows(filter) {
      for await (const row of table.rows(filter)) {
        const outcomes = Object.entries(row.outcomes).map(([metric, values]) => [metric, pick(values as Float64Array)]);
        yield { ...row, outcomes: Object.fromEntries(outcomes) as TableRow['outcomes'] };
      }
    },
  };
}

function placeOf(table: Table, name: string): number {
  const place = table.models.findIndex((model) => model.name === name);
  if (place >= 0) return place;
  const known = table.models.map((model) => model.name).join(', ');
  throw new TableError(table.path, `there is no model "${name}"; the table has ${known}`);
}
