/** The companion of a table that describes its models: `x.models.json` beside `x.jsonl.gz`. */
import { readFile } from 'node:fs/promises';

import type { TableModel } from './table.js';
import { TableError } from './table-error.js';

const prices = ['price_in_usd_per_mtok', 'price_out_usd_per_mtok', 'energy_j_per_output_token'] as const;

/** `dir/x.jsonl.gz` → `dir/x.models.json`. */
export const modelsPath = (table: string) => table.replace(/(\.(jsonl|csv)(\.gz)?|\.parquet)$/i, '') + '.models.json';

/**
 * @returns undefined when there is no companion
 * @throws TableError when it is there and wrong
 */
export async function readModels(table: string): Promise<TableModel[] | undefined> {
  const path = modelsPath(table);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new TableError(path, error.message);
  });
  return text === undefined ? undefined : parseModels(text, path);
}

/**
 * Models whose names the table itself gives, with what a companion adds.
 * @throws TableError when there is a companion that doesn't know one of them
 */
export async function describeModels(table: string, names: readonly string[]): Promise<TableModel[]> {
  const described = await readModels(table);
  return names.map((name) => {
    const model = described === undefined ? { name } : described.find((candidate) => candidate.name === name);
    if (model !== undefined) return model;
    throw new TableError(modelsPath(table), `the table has a model "${name}" that is not here`);
  });
}

function parseModels(text: string, path: string): TableModel[] {
  const value = parse(text, path);
  if (!Array.isArray(value) || value.length === 0)
    throw new TableError(path, 'expected an array as [{"model": "small"}, {"model": "large"}]');
  const models = value.map((entry: unknown, i) => modelOf(entry, i, path));
  const names = models.map((model) => model.name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new TableError(path, `the model "${twice}" is there twice`);
  return models;
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TableError(path, `not JSON: ${(error as Error).message}`);
  }
}

function modelOf(entry: unknown, i: number, path: string): TableModel {
  const record = (typeof entry === 'object' && entry !== null ? entry : {}) as Record<string, unknown>;
  const name = record['model'];
  if (typeof name !== 'string' || name === '')
    throw new TableError(path, 'expected the name of a model', { column: `[${i}].model` });
  const figures = prices.flatMap((key) => {
    const value = record[key] ?? undefined;
    if (value === undefined) return [];
    if (typeof value !== 'number' || !(value >= 0) || value === Infinity)
      throw new TableError(path, `expected a number from 0, got ${JSON.stringify(value)}`, { column: `[${i}].${key}` });
    return [[key, value] as const];
  });
  return { name, ...Object.fromEntries(figures) };
}
