/** Which of a table's models take part. */
import { narrowTable, openTable } from '../../../sim/table/open-table.js';
import type { Table } from '../../../sim/table/table.js';
import { Failure } from '../failures.js';
import { survey } from './survey.js';

export interface ModelsWish {
  readonly models?: readonly string[];
  readonly withEnergy?: true;
}

/** @throws TableError; Failure when no model's energy is known */
export async function openChosen(path: string, { models, withEnergy }: ModelsWish): Promise<Table> {
  const table = await openTable(path);
  if (models !== undefined) return narrowTable(table, models);
  return withEnergy ? narrowTable(table, await modelsWithEnergy(table)) : table;
}

async function modelsWithEnergy(table: Table): Promise<string[]> {
  const { overall } = await survey(table, table.rows());
  const known = table.models.filter((_, model) => overall.knows('energy_j', model)).map((model) => model.name);
  if (known.length === 0) throw new Failure(`${table.path} knows the energy of no model in every row`);
  return known;
}
