import { describe, expect, it, vi } from 'vitest';

import { remember, type Asked } from '../../../../sim/runner/encoder-memory.js';
import { chanceOf } from '../../../../sim/random.js';
import { shareTable } from '../../../../sim/table/shared-table.js';
import type { TableMetric, TableRow } from '../../../../sim/table/table.js';
import { sharedRows } from '../../../../sim/worlds/shared-rows.js';
import { tableWorld, worldRow } from '../../../../sim/worlds/table-world.js';
import type { Router } from '../../../../src/routing/router.js';

const metrics: readonly TableMetric[] = ['accuracy', 'cost_usd'];
const rows = Array.from({ length: 40 }, (_, i): TableRow => ({
  line: i + 1,
  id: String(i),
  ...(i % 3 === 0 ? {} : { task: `task ${i % 5}` }),
  prompt: `prompt ${i}`,
  outcomes: { accuracy: Float64Array.of(i / 40, 1 - i / 40), cost_usd: Float64Array.of(i, NaN) },
}));

async function* stream(): AsyncGenerator<TableRow> {
  await Promise.resolve();
  yield* rows;
}

const even = Uint32Array.from({ length: 20 }, (_, i) => 2 * i);
const worldOf = async () =>
  tableWorld({
    name: 'shared',
    arms: ['a', 'b'],
    metrics,
    phases: [{ name: 'p', rows: sharedRows(await shareTable(stream(), 2), even, metrics), length: 50 }],
  });

describe('the world of a shared table', () => {
  it('plays the rows that it is given, in the order in which a world of objects does', async () => {
    const objects = Array.from(even, (place) => worldRow(rows[place]!, ['task', 'prompt'], metrics));
    const phases = [{ name: 'p', rows: objects, length: 50 }];
    const plain = tableWorld({ name: 'objects', arms: ['a', 'b'], metrics, phases });
    const shared = await worldOf();
    const steps = [...shared.steps(chanceOf(3, 'world'))];
    expect(steps.map(({ outcomes }) => JSON.stringify(outcomes))).toEqual(
      [...plain.steps(chanceOf(3, 'world'))].map(({ outcomes }) => JSON.stringify(outcomes)),
    );
    expect(steps.map(({ context }) => context)).toEqual(
      [...plain.steps(chanceOf(3, 'world'))].map(({ context }) => context),
    );
  });

  it('has each row encoded once, whichever run meets it and however often', async () => {
    const encode = vi.fn(({ prompt }: { prompt?: string }) => Int16Array.of(4096, Number(prompt!.slice(7))));
    const encoder = { schema: 'of shared rows', dimension: 2, encode } as unknown as Router['encoder'];
    const world = await worldOf();
    for (const seed of [0, 1]) {
      const asked: Asked = {};
      const router = remember({ encoder } as Router, asked);
      for (const { context, place } of world.steps(chanceOf(seed, 'world'))) {
        asked.place = place;
        expect([...router.encoder.encode(context!)]).toEqual([4096, Number(String(context!.prompt).slice(7))]);
      }
    }
    expect(encode).toHaveBeenCalledTimes(even.length);
  });
});
