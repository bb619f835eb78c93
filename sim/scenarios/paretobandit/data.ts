/** The table of the published experiments, read once and sent to the threads. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { jsonFault } from '../../../src/routing/json-fault.js';
import { fitTextEncoder } from '../../../src/routing/features/fit-text-encoder.js';
import { openTable } from '../../table/open-table.js';
import type { TableRow } from '../../table/table.js';
import { TableError } from '../../table/table-error.js';

export interface ParetoData {
  readonly arms: readonly string[];
  readonly val: readonly TableRow[];
  readonly test: readonly TableRow[];
  readonly tasks: readonly string[];
  /** Positions in `test`: phases 1 and 3 play the same prompts. */
  readonly phases: { readonly p1_p3: readonly number[]; readonly p2: readonly number[] };
  /** A text encoder fitted on the prompts of `val`. */
  readonly encoder: Uint8Array;
}

export const textDimension = 24;

/** @throws TableError when a file is missing or wrong */
export async function readParetoData(folder: string): Promise<ParetoData> {
  const path = join(folder, 'paretobandit-k3.jsonl.gz');
  const table = await openTable(path);
  const rows: TableRow[] = [];
  for await (const row of table.rows()) rows.push(row);
  const [val, test] = ['val', 'test'].map((split) => rows.filter((row) => row.split === split)) as [
    TableRow[],
    TableRow[],
  ];
  if (val.length === 0 || test.length === 0) throw new TableError(path, 'expected rows of the splits val and test');
  const prompts = val.map(({ prompt }) => prompt ?? '');
  return {
    arms: table.models.map(({ name }) => name),
    val,
    test,
    tasks: [...new Set(rows.flatMap(({ task }) => task ?? []))].sort(),
    phases: await readPhases(join(folder, 'paretobandit-k3.phases.json'), test.length),
    encoder: fitTextEncoder(prompts, { dimension: textDimension }).toBytes(),
  };
}

async function readPhases(path: string, rows: number): Promise<ParetoData['phases']> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new TableError(path, 'there is no such file');
  });
  const fault = jsonFault(text);
  if (fault !== undefined) throw new TableError(path, `not JSON. ${fault}`);
  const { p1_p3, p2 } = JSON.parse(text) as Partial<ParetoData['phases']>;
  for (const positions of [p1_p3, p2]) {
    const valid = positions?.every((position) => Number.isInteger(position) && position >= 0 && position < rows);
    if (!valid) throw new TableError(path, `expected lists p1_p3 and p2 of positions from 0 to ${rows - 1}`);
  }
  return { p1_p3: p1_p3!, p2: p2! };
}
