import { describe, expect, it } from 'vitest';

import { chanceOf } from '../../../../sim/random.js';
import { orderedWorld } from '../../../../sim/tuning/ordered-world.js';
import { sharedPlaces, shareTable } from '../../../../sim/table/shared-table.js';
import { tableGround } from '../../../../sim/tuning/table-ground.js';
import { asDeclared } from '../../../../sim/tuning/setting.js';
import type { TableRow } from '../../../../sim/table/table.js';
import type { WorldRow } from '../../../../sim/worlds/table-world.js';
import { specOf } from '../../../support/routing.js';

const rows = Array.from({ length: 60 }, (_, i): WorldRow => ({
  context: { task: i % 2 === 0 ? 'qa' : 'code' },
  outcomes: { accuracy: Float64Array.of(i % 2 === 0 ? 1 : 0, 1), energy_j: Float64Array.of(1, 200) },
}));
const metrics = ['accuracy', 'energy_j'] as const;
const places = sharedPlaces(rows.map((_, i) => i));
const table = {
  name: 'made',
  spec: specOf(),
  profiles: [],
  metrics,
  table: await shareTable(tableRows(), 2),
  places: { tuning: places, 'held-out': places },
  gapMs: 1000,
};

async function* tableRows(): AsyncGenerator<TableRow> {
  for (const [i, { context, outcomes }] of rows.entries()) {
    yield {
      line: i + 1,
      id: String(i),
      task: context.task as string,
      outcomes: { accuracy: outcomes.accuracy!, energy_j: outcomes.energy_j! },
    };
    await Promise.resolve();
  }
}

describe('rows in the order of their file', () => {
  it('keep their order, less a tenth that the seed leaves out', () => {
    const world = orderedWorld({ name: 'made', arms: ['small', 'large'], metrics, rows });
    const taken = (seed: number) =>
      [...world.steps(chanceOf(seed, 'world'))].map(({ context }) => rows.findIndex((row) => row.context === context));
    const first = taken(1);
    expect(first).toHaveLength(54);
    expect(world.length).toBe(54);
    expect([...first].sort((a, b) => a - b)).toEqual(first);
    expect(taken(1)).toEqual(first);
    expect(taken(2)).not.toEqual(first);
  });
});

describe('a table as the ground of a tuning', () => {
  it.each(['shuffled', 'file'] as const)(
    'gives the same values again, and others on held-out seeds (%s)',
    async (order) => {
      const ground = tableGround({ ...table, order }, { seeds: 3, threads: 0 });
      const [first] = await ground.measure([asDeclared], 'tuning');
      const [again] = await ground.measure([asDeclared], 'tuning');
      const [other] = await ground.measure([asDeclared], 'held-out');
      expect(again).toEqual(first);
      expect(other!.values).not.toEqual(first!.values);
      expect(first!.values).toHaveLength(3);
    },
  );

  it('values what the objective values, and knows the use of a budget', async () => {
    const spec = specOf({
      objective: { accuracy: 1, energy_j: -0.001 },
      budgets: [{ metric: 'energy_j', per_request: 50 }],
    });
    const ground = tableGround({ ...table, spec, order: 'shuffled' }, { seeds: 2, threads: 0 });
    const [measured] = await ground.measure([asDeclared], 'tuning');
    const { values, metrics, use } = measured!;
    expect(use).toBeCloseTo(metrics.energy_j! / 50, 12);
    expect((values[0]! + values[1]!) / 2).toBeCloseTo(metrics.accuracy! - 0.001 * metrics.energy_j!, 12);
  });
});
