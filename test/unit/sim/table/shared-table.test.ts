import { describe, expect, it } from 'vitest';

import { labelAt, shareTable, textAt, type SharedTable } from '../../../../sim/table/shared-table.js';
import type { TableRow } from '../../../../sim/table/table.js';

async function* rowsOf(rows: readonly Partial<TableRow>[]): AsyncGenerator<TableRow> {
  for (const [i, row] of rows.entries()) {
    yield { line: i + 1, id: String(i), outcomes: { accuracy: Float64Array.of(i, 0.5) }, ...row };
    await Promise.resolve();
  }
}

const buffersOf = ({ outcomes, split, task, prompt }: SharedTable) =>
  [...Object.values(outcomes), split.codes, task.codes, prompt.bytes, prompt.ends, prompt.known].map(
    ({ buffer }) => buffer,
  );

describe('a table in shared memory', () => {
  it('gives back what each row said, also nothing', async () => {
    const table = await shareTable(
      rowsOf([
        { split: 'val', task: 'qa', prompt: 'Ein Gedicht über Bären, 🐻.' },
        { prompt: '' },
        {
          split: 'test',
          task: 'code',
          outcomes: { accuracy: Float64Array.of(1, 0), cost_usd: Float64Array.of(3, NaN) },
        },
        { split: 'val', task: 'qa', prompt: 'last' },
      ]),
      2,
    );
    const rows = [0, 1, 2, 3];
    expect(table.count).toBe(4);
    expect(rows.map((row) => textAt(table.prompt, row))).toEqual([
      'Ein Gedicht über Bären, 🐻.',
      '',
      undefined,
      'last',
    ]);
    expect(rows.map((row) => labelAt(table.split, row))).toEqual(['val', undefined, 'test', 'val']);
    expect(rows.map((row) => labelAt(table.task, row))).toEqual(['qa', undefined, 'code', 'qa']);
    expect([...table.outcomes.accuracy!.subarray(0, 8)]).toEqual([0, 0.5, 1, 0.5, 1, 0, 3, 0.5]);
    expect([...table.outcomes.cost_usd!.subarray(0, 8)]).toEqual([NaN, NaN, NaN, NaN, 3, NaN, NaN, NaN]);
    expect(table.outcomes.energy_j).toBeUndefined();
  });

  it('keeps it as it grows, in memory that threads have in common', async () => {
    const count = 5000;
    const prompts = Array.from({ length: count }, (_, i) => `prompt ${i}`);
    const table = await shareTable(rowsOf(prompts.map((prompt, i) => ({ prompt, task: `t${i % 7}` }))), 2);
    expect(prompts.map((_, row) => textAt(table.prompt, row))).toEqual(prompts);
    expect(labelAt(table.task, count - 1)).toBe(`t${(count - 1) % 7}`);
    expect(table.outcomes.accuracy![2 * (count - 1)]).toBe(count - 1);
    expect(buffersOf(table).every((buffer) => buffer instanceof SharedArrayBuffer)).toBe(true);
    expect(buffersOf(structuredClone(table)).every((buffer) => buffer instanceof SharedArrayBuffer)).toBe(true);
  });
});
