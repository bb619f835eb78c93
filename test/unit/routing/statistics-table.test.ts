import { describe, expect, it } from 'vitest';

import type { CellKey } from '../../../src/routing/outcome.js';
import { StatisticsTable } from '../../../src/routing/statistics-table.js';

const x = Int16Array.of(4096, 2048);
const keys: readonly CellKey[] = [
  { schema: 's', arm: 'b', metric: 'accuracy', epoch: 2 },
  { schema: 's', arm: 'a', metric: 'energy_j', epoch: 0 },
  { schema: 's', arm: 'b', metric: 'accuracy', epoch: 1 },
  { schema: 'other', arm: 'b', metric: 'accuracy', epoch: 0 },
  { schema: 's', arm: 'a', metric: 'accuracy', epoch: 0 },
];
const tableOf = (order: readonly CellKey[]) => {
  const table = new StatisticsTable();
  for (const key of order) table.apply(key, x, 1, 1);
  return table;
};

describe('the sums of a router', () => {
  it('come in one order, whatever order their rows came in', () => {
    const names = (table: StatisticsTable) => table.cells().map(({ key }) => key);
    expect(names(tableOf(keys))).toEqual([keys[3], keys[4], keys[1], keys[2], keys[0]]);
    expect(names(tableOf([...keys].reverse()))).toEqual(names(tableOf(keys)));
  });

  it('count their changes by arm and metric, and keep arms of one name in two schemas apart', () => {
    const table = tableOf(keys);
    table.apply(keys[3], x, 1, -1);
    expect(keys.map(({ schema, arm, metric }) => table.changes(schema, arm, metric))).toEqual([2, 1, 2, 2, 1]);
    expect(table.changes('s', 'c', 'accuracy')).toBe(0);
    expect(table.epochs('s', 'b', 'accuracy').map(({ key }) => key.epoch)).toEqual([1, 2]);
    expect(table.epochs('other', 'b', 'accuracy')).toEqual([]);
    expect(table.get(keys[3])?.count).toBe(0);
    expect(table.get({ ...keys[3], epoch: 9 })).toBeUndefined();
  });
});
