/**
 * Tables as Parquet. Columns are named as in CSV, `score:small`; or the figures of all models stand in one column, as a
 * struct or map by model name, or as a list in the order of the companion `*.models.json`.
 */
import type { SchemaTree } from 'hyparquet';

import { columnNames, columnOf, isFigure } from './column-name.js';
import { figuresOf } from './figures-of.js';
import { figureFields, textFields, type FigureField, type RawRow, type RawTable, type TextField } from './layout.js';
import { describeModels, readModels } from './models-file.js';
import { openParquetFile, type ParquetFile, type ParquetRecord } from './parquet-file.js';
import type { TableModel } from './table.js';
import { TableError } from './table-error.js';

/** What some writers add by themselves. */
const passedOver = /^__index_level_\d+__$/;

interface Columns {
  readonly texts: readonly TextField[];
  /** Columns of one figure and one model. */
  readonly flat: readonly { readonly field: FigureField; readonly model: string }[];
  /** Columns of one figure and all models. */
  readonly nested: readonly FigureField[];
}

export async function openParquet(path: string): Promise<RawTable> {
  const file = await openParquetFile(path);
  const columns = columnsOf(path, file.columns);
  const models = await modelsOf(path, file, columns);
  const names = namesOf(columns);
  return {
    models,
    async *records() {
      let row = 0;
      for await (const batch of file.batches(names)) {
        for (const record of batch) yield rowOrError(path, record, ++row, columns, models);
      }
    },
  };
}

const flatName = ({ field, model }: Columns['flat'][number]): string => `${field}:${model}`;
const namesOf = ({ texts, flat, nested }: Columns): string[] => [...texts, ...nested, ...flat.map(flatName)];

function columnsOf(path: string, trees: readonly SchemaTree[]): Columns {
  const texts: TextField[] = [];
  const flat: Columns['flat'][number][] = [];
  const nested: FigureField[] = [];
  for (const { element, children } of trees) {
    const { name } = element;
    const column = columnOf(name);
    if (children.length > 0 && isFigure(name)) nested.push(name);
    else if (children.length > 0 && column !== undefined)
      throw new TableError(path, 'expected one value a row, got a struct or a list', { column: name });
    else if (column?.model !== undefined) flat.push(column);
    else if (column !== undefined) texts.push(column.field);
    else if (!passedOver.test(name))
      throw new TableError(path, `expected ${columnNames}; or a list or struct per figure, as score`, { column: name });
  }
  const both = flat.find(({ field }) => nested.includes(field));
  if (both !== undefined)
    throw new TableError(path, `"${both.field}" is there twice: for all models, and as ${flatName(both)}`);
  return { texts, flat, nested };
}

async function modelsOf(path: string, file: ParquetFile, { flat, nested }: Columns): Promise<TableModel[]> {
  const names = flat.flatMap(({ field, model }) => (field === 'score' ? [model] : []));
  if (names.length === 0 && !nested.includes('score'))
    throw new TableError(path, 'expected a column per model as score:small, or one column score, got none');
  const models = names.length > 0 ? await describeModels(path, names) : await modelsOfScore(path, file);
  const stranger = flat.find(({ model }) => !models.some(({ name }) => name === model));
  if (stranger !== undefined)
    throw new TableError(path, `"${stranger.model}" has ${stranger.field} but no score`, {
      column: flatName(stranger),
    });
  return models;
}

/** Of one column `score`: as a struct or a map names them, or else the companion. */
async function modelsOfScore(path: string, file: ParquetFile): Promise<TableModel[]> {
  const score = file.columns.find(({ element }) => element.name === 'score')!;
  const isStruct = score.element.converted_type === undefined && score.element.logical_type === undefined;
  if (isStruct)
    return describeModels(
      path,
      score.children.map(({ element }) => element.name),
    );
  const described = await readModels(path);
  if (described !== undefined) return described;
  for await (const [first] of file.batches(['score'])) {
    const value = first?.['score'];
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return Object.keys(value).map((name) => ({ name }));
    break;
  }
  throw new TableError(
    path,
    'the models of a list have no names; write a struct, or a companion *.models.json as [{"model": "small"}, …]',
    { column: 'score' },
  );
}

function rowOrError(
  path: string,
  record: ParquetRecord,
  row: number,
  { texts, flat, nested }: Columns,
  models: readonly TableModel[],
): RawRow | TableError {
  const figures: Partial<Record<FigureField, readonly unknown[]>> = {};
  for (const field of figureFields.filter((known) => flat.some((column) => column.field === known)))
    figures[field] = models.map(({ name }) => numberOf(record[`${field}:${name}`]));
  for (const field of nested) {
    const values = record[field] ?? undefined;
    const found = values === undefined ? models.map(() => undefined) : figuresOf(values, models);
    if (typeof found === 'string') return new TableError(path, found, { line: row, column: field });
    figures[field] = found.map(numberOf);
  }
  return {
    line: row,
    texts: Object.fromEntries(
      textFields.filter((field) => texts.includes(field)).map((field) => [field, textOf(record[field])]),
    ),
    figures,
    column(field, model) {
      if (model === undefined) return field;
      const { name } = models[model]!;
      return nested.includes(field as FigureField) ? `${field}[${model}] (${name})` : `${field}:${name}`;
    },
  };
}

/** Not-a-number is how data frames write what is not known. */
function numberOf(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  return Number.isNaN(value) ? undefined : value;
}

/** Numbers do as an id or a task. */
const textOf = (value: unknown): unknown =>
  typeof value === 'bigint' || typeof value === 'number' ? String(value) : value;
