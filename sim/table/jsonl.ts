/**
 * Tables as one JSON object a line. `score`, `cost_usd` and so on are arrays with a value per model, in the order of the
 * companion `*.models.json`; without a companion they are objects by model name.
 */
import { figuresOf } from './figures-of.js';
import { figureFields, textFields, type RawRow, type RawTable } from './layout.js';
import { readModels } from './models-file.js';
import { readLines, type Line } from './read-lines.js';
import type { TableModel } from './table.js';
import { TableError } from './table-error.js';

type JsonObject = Readonly<Record<string, unknown>>;

function parseLine(path: string, { number, text }: Line): JsonObject {
  const value = parse(path, number, number === 1 ? text.replace(/^\uFEFF/, '') : text);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TableError(path, 'expected a JSON object', { line: number });
  return value as JsonObject;
}

function parse(path: string, line: number, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TableError(path, `not JSON: ${(error as Error).message}`, { line });
  }
}

/** Models named by the first row's `score`, where no companion names them. */
async function modelsOfFirstRow(path: string): Promise<TableModel[]> {
  for await (const line of readLines(path)) {
    const score = parseLine(path, line)['score'];
    if (typeof score === 'object' && score !== null && !Array.isArray(score))
      return Object.keys(score).map((name) => ({ name }));
    throw new TableError(
      path,
      'the models have no names; write score as {"small": 1, "large": 0}, or a companion *.models.json as [{"model": "small"}, …]',
      { line: line.number, column: 'score' },
    );
  }
  throw new TableError(path, 'expected at least one row, got an empty file');
}

function rawRow(path: string, line: Line, models: readonly TableModel[]): RawRow {
  const object = parseLine(path, line);
  const figures = figureFields
    .filter((field) => Object.hasOwn(object, field))
    .map((field) => {
      const values = figuresOf(object[field], models);
      if (typeof values === 'string') throw new TableError(path, values, { line: line.number, column: field });
      return [field, values] as const;
    });
  return {
    line: line.number,
    texts: Object.fromEntries(
      textFields.filter((name) => Object.hasOwn(object, name)).map((name) => [name, object[name]]),
    ),
    figures: Object.fromEntries(figures),
    column: (field, model) => (model === undefined ? field : `${field}[${model}]`),
  };
}

export async function openJsonl(path: string): Promise<RawTable> {
  const models = (await readModels(path)) ?? (await modelsOfFirstRow(path));
  return {
    models,
    async *records() {
      for await (const line of readLines(path)) {
        try {
          yield rawRow(path, line, models);
        } catch (error) {
          yield error as Error;
        }
      }
    },
  };
}
