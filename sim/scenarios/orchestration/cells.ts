/** Measured cells of 32 models, 16 on each of 9 data sets (Luccioni et al., FAccT 2024; sashavor/co2_inference, MIT). */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { TableError } from '../../table/table-error.js';
import { csvRecords } from './csv-records.js';
import type { WorldCell } from '../../worlds/profile-world.js';

export const cellsFile = 'co2-inference.csv';
const joulesPerKwh = 3.6e6;
/** Inferences of one measured run. */
const perRun = 1000;

/** @throws TableError when the file is missing or a row is not what it should be */
export async function readCells(folder: string): Promise<WorldCell[]> {
  const path = join(folder, cellsFile);
  const text = await readFile(path, 'utf8').catch(() => {
    throw new TableError(path, 'there is no such file');
  });
  const [head, ...rows] = csvRecords(text);
  const column = (name: string) => {
    const place = head!.indexOf(name);
    if (place < 0) throw new TableError(path, `expected a column ${name}, got ${head!.join(', ')}`);
    return place;
  };
  const [dataset, task, model] = ['dataset', 'task', 'model'].map(column) as [number, number, number];
  const [score, kwh, seconds] = ['score', 'kwh_per_run_1000', 'sec_per_run_1000'].map(column) as [
    number,
    number,
    number,
  ];
  return rows.map((row, i) => {
    const number = (place: number) => {
      const value = Number(row[place]);
      if (!(value > 0))
        throw new TableError(path, `line ${i + 2}: expected ${head![place]} above 0, got "${row[place]}"`);
      return value;
    };
    return {
      arm: row[model]!,
      task: `${row[task]!}/${row[dataset]!.split(' ')[0]!}`,
      means: {
        accuracy: number(score),
        energy_j: (number(kwh) * joulesPerKwh) / perRun,
        latency_ms: number(seconds),
      },
    };
  });
}
