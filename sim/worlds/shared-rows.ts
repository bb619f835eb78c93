/** Rows of a shared table as a world plays them, made as they are asked for. */
import { labelAt, textAt, type SharedTable } from '../table/shared-table.js';
import type { TableMetric } from '../table/table.js';
import type { RowSource, WorldRow } from './table-world.js';

/**
 * @param places  rows of the table, in order
 * @param metrics to be reported; NaN where the table doesn't know one
 */
export function sharedRows(table: SharedTable, places: Uint32Array, metrics: readonly TableMetric[]): RowSource {
  const { models, outcomes } = table;
  const unknown = new Float64Array(models).fill(NaN);
  const outcomesAt = (row: number, metric: TableMetric) =>
    outcomes[metric]?.subarray(row * models, (row + 1) * models) ?? unknown;
  return {
    length: places.length,
    at(index): WorldRow {
      const row = places[index]!;
      const [task, prompt] = [labelAt(table.task, row), textAt(table.prompt, row)];
      const context = { ...(task === undefined ? {} : { task }), ...(prompt === undefined ? {} : { prompt }) };
      return {
        context,
        outcomes: Object.fromEntries(metrics.map((metric) => [metric, outcomesAt(row, metric)])),
        place: { table, row, rows: table.count },
      };
    },
  };
}
