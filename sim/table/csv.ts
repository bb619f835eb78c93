/**
 * Tables as CSV: a column per figure and model, named `score:MODEL`, `cost_usd:MODEL` and so on, and any of `id`,
 * `split`, `task`, `prompt`. A companion `*.models.json` may add prices and joules per token.
 */
import { CsvError, CsvParser, type CsvRecord } from '../../src/routing/csv.js';
import { columnNames, columnOf, type ColumnName } from './column-name.js';
import { figureFields, textFields, type FigureField, type RawRow, type RawTable } from './layout.js';
import { describeModels } from './models-file.js';
import { readText } from './read-text.js';
import type { TableModel } from './table.js';
import { TableError } from './table-error.js';

/** The records of a CSV file in a stream. @throws TableError naming the line */
export async function* readRecords(path: string): AsyncGenerator<CsvRecord> {
  const parser = new CsvParser();
  try {
    for await (const text of readText(path)) yield* parser.push(text);
    yield* parser.end();
  } catch (error) {
    if (error instanceof CsvError) throw new TableError(path, error.detail, { line: error.line });
    throw error;
  }
}

function parseHeader(path: string, header: CsvRecord): ColumnName[] {
  const columns = header.cells.map((cell, i) => {
    const column = columnOf(cell.trim());
    if (column !== undefined) return column;
    throw new TableError(path, `expected ${columnNames}, got "${cell.trim()}"`, {
      line: header.line,
      column: `column ${i + 1}`,
    });
  });
  refuseRepeated(path, header, columns);
  return columns;
}

function refuseRepeated(path: string, header: CsvRecord, columns: readonly ColumnName[]): void {
  const keys = columns.map((column) => `${column.field}:${column.model ?? ''}`);
  const at = keys.findIndex((key, i) => keys.indexOf(key) !== i);
  if (at >= 0)
    throw new TableError(path, `"${header.cells[at]}" is there twice`, {
      line: header.line,
      column: `column ${at + 1}`,
    });
}

const unique = (names: readonly string[]) => [...new Set(names)];

async function modelsOf(path: string, header: CsvRecord, columns: readonly ColumnName[]): Promise<TableModel[]> {
  const names = unique(columns.flatMap((column) => (column.field === 'score' ? [column.model!] : [])));
  if (names.length === 0)
    throw new TableError(path, 'expected a column per model as score:small, got none', { line: header.line });
  const stranger = columns.find((column) => column.model !== undefined && !names.includes(column.model));
  if (stranger !== undefined)
    throw new TableError(path, `"${stranger.model}" has ${stranger.field} but no column score:${stranger.model}`, {
      line: header.line,
    });
  return describeModels(path, names);
}

const numberPattern = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A number where the cell holds one, undefined where it is empty, else the text for the check to name. */
function figureOf(cell: string): unknown {
  const text = cell.trim();
  if (text === '') return undefined;
  return numberPattern.test(text) ? Number(text) : text;
}

/** Where each field's values stand in a record. */
class RecordLayout {
  private readonly places: ReadonlyMap<string, number>;
  private readonly figures: readonly FigureField[];

  constructor(
    private readonly path: string,
    private readonly names: readonly string[],
    columns: readonly ColumnName[],
    private readonly models: readonly TableModel[],
  ) {
    this.places = new Map(columns.map((column, i) => [`${column.field}:${column.model ?? ''}`, i]));
    this.figures = figureFields.filter((field) => columns.some((column) => column.field === field));
  }

  private place(field: string, model?: number): number | undefined {
    return this.places.get(`${field}:${model === undefined ? '' : this.models[model]!.name}`);
  }

  row(record: CsvRecord): RawRow {
    if (record.cells.length !== this.names.length)
      throw new TableError(
        this.path,
        `expected ${this.names.length} cells as in the header, got ${record.cells.length}`,
        {
          line: record.line,
          column: `column ${Math.min(record.cells.length, this.names.length) + 1}`,
        },
      );
    const cell = (field: string, model?: number) => {
      const place = this.place(field, model);
      return place === undefined ? '' : record.cells[place]!;
    };
    return {
      line: record.line,
      texts: Object.fromEntries(textFields.map((name) => [name, cell(name)]).filter(([, text]) => text !== '')),
      figures: Object.fromEntries(
        this.figures.map((field) => [field, this.models.map((_, model) => figureOf(cell(field, model)))]),
      ),
      column: (field, model) => {
        const place = this.place(field, model);
        return place === undefined ? field : `column ${place + 1} (${this.names[place]})`;
      },
    };
  }
}

async function firstRecord(path: string): Promise<CsvRecord> {
  for await (const record of readRecords(path)) return record;
  throw new TableError(path, 'expected a header line, got an empty file');
}

export async function openCsv(path: string): Promise<RawTable> {
  const header = await firstRecord(path);
  const columns = parseHeader(path, header);
  const models = await modelsOf(path, header, columns);
  const layout = new RecordLayout(
    path,
    header.cells.map((cell) => cell.trim()),
    columns,
    models,
  );
  return {
    models,
    async *records() {
      let first = true;
      for await (const record of readRecords(path)) {
        if (!first) yield rowOrError(layout, record);
        first = false;
      }
    },
  };
}

function rowOrError(layout: RecordLayout, record: CsvRecord): RawRow | Error {
  try {
    return layout.row(record);
  } catch (error) {
    return error as Error;
  }
}
