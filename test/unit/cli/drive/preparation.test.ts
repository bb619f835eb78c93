import { describe, expect, it } from 'vitest';
import Value from 'typebox/value';

import { measuredProfiles } from '../../../../src/cli/drive/measured-profiles.js';
import { playlist } from '../../../../src/cli/drive/playlist.js';
import {
  contextOf,
  defaultContext,
  fieldsOf,
  routerName,
  routerOfTable,
} from '../../../../src/cli/drive/router-of-table.js';
import { shuffle } from '../../../../src/cli/drive/shuffle.js';
import { survey } from '../../../../src/cli/drive/survey.js';
import { builtInMetrics } from '../../../../src/routing/metric.js';
import { checkProfiles } from '../../../../src/routing/profiles/check.js';
import { RouterSpec } from '../../../../src/routing/spec.js';
import type { Table } from '../../../../sim/table/table.js';
import { modelsNamed, stream, tableRow } from './table-rows.js';

const models = modelsNamed('small', 'large');
const rows = [
  tableRow({ split: 'val', task: 'a', prompt: 'p', accuracy: [0, 1], energy_j: [0, 10] }, 1),
  tableRow({ split: 'test', task: 'b', prompt: 'q', accuracy: [1, 1], energy_j: [0, 20] }, 2),
  tableRow({ split: 'val', task: 'a', prompt: 'r', accuracy: [1, 1], energy_j: [0, 40] }, 3),
  tableRow({ split: 'test', prompt: 's', accuracy: [0, 0], energy_j: [0, 50] }, 4),
];
const table: Table = {
  path: 't.csv',
  models,
  rows: (filter = {}) =>
    stream(rows.filter((row) => filter.splits === undefined || filter.splits.includes(row.split!))),
};

async function lines(options: Partial<Parameters<typeof playlist>[1]>): Promise<number[]> {
  const played: number[] = [];
  for await (const row of playlist(table, { skip: 0, limit: Infinity, ...options })) played.push(row.line);
  return played;
}

describe('the rows to play', () => {
  it('come split by split as named, in the order of the file', async () => {
    expect(await lines({})).toEqual([1, 2, 3, 4]);
    expect(await lines({ splits: ['val', 'test'] })).toEqual([1, 3, 2, 4]);
    expect(await lines({ splits: ['test'] })).toEqual([2, 4]);
  });

  it('leave out what was played before, and end at the limit', async () => {
    expect(await lines({ splits: ['val', 'test'], skip: 1, limit: 2 })).toEqual([3, 2]);
    expect(await lines({ skip: 9 })).toEqual([]);
  });

  it('are shuffled within a split, the same for the same seed', async () => {
    const order = shuffle([...Array(50).keys()], 7);
    expect(order).toEqual(shuffle([...Array(50).keys()], 7));
    expect(order).not.toEqual(shuffle([...Array(50).keys()], 8));
    expect([...order].sort((a, b) => a - b)).toEqual([...Array(50).keys()]);
    const played = await lines({ splits: ['val', 'test'], shuffle: 3 });
    expect(played.slice(0, 2).sort()).toEqual([1, 3]);
    expect(played).toEqual(await lines({ splits: ['val', 'test'], shuffle: 3 }));
  });

  it('are shuffled fairly: each place of three is taken as often', () => {
    const first = [0, 0, 0];
    for (let seed = 0; seed < 3000; seed++) first[shuffle([0, 1, 2], seed)[0]!]!++;
    // A binomial with p = 1/3 and n = 3,000 has deviation 26; five of them.
    for (const count of first) expect(Math.abs(count - 1000)).toBeLessThan(5 * 26);
  });
});

describe('the router of a table', () => {
  it('is named after the file, as router names may be', () => {
    expect(routerName('../shared/data/paretobandit-k3.jsonl.gz')).toBe('drive-paretobandit-k3');
    expect(routerName('My Table (2).CSV')).toBe('drive-my-table-2');
    expect(routerName('/x/???.csv')).toBe('drive-table');
    expect(routerName(`${'x'.repeat(100)}.csv`)).toHaveLength(63);
  });

  it('has the models as arms and reads what the context holds', async () => {
    const measured = await survey(table, table.rows());
    const wish = { name: 'r', dimension: 24, objective: { accuracy: 1 } };
    const both = routerOfTable({ ...wish, context: 'both', policy: 'thompson' }, models, measured);
    expect(Value.Errors(RouterSpec, both)).toEqual([]);
    expect(both.arms.map((arm) => arm.id)).toEqual(['small', 'large']);
    expect(both.features).toEqual([
      { name: 'task', type: 'category', values: ['a', 'b'] },
      { name: 'prompt', type: 'text', dimension: 24 },
    ]);
    expect(both.policy).toEqual({ name: 'thompson' });
    const features = (context: 'prompt' | 'task') => routerOfTable({ ...wish, context }, models, measured).features;
    expect(features('prompt').map((feature) => feature.name)).toEqual(['prompt']);
    expect(features('task').map((feature) => feature.name)).toEqual(['task']);
    expect(defaultContext(measured)).toBe('prompt');
    expect(defaultContext({ ...measured, prompts: 3 })).toBe('task');
  });

  it('is told of a row no more than it reads', () => {
    const fields = (...names: string[]) =>
      fieldsOf(
        names.map((name) => ({ name, type: 'category', values: ['x'], ...(name === 'kind' ? { from: 'task' } : {}) })),
      );
    expect(contextOf(rows[0]!, fields('task', 'prompt'))).toEqual({ task: 'a', prompt: 'p' });
    expect(contextOf(rows[0]!, fields('prompt', 'tokens'))).toEqual({ prompt: 'p' });
    expect(contextOf(rows[0]!, fields('kind'))).toEqual({ task: 'a' });
    expect(contextOf(rows[3]!, fields('task'))).toEqual({});
  });
});

describe('profiles measured on a split', () => {
  const origin = { source: 't.csv, split val', measured_on: '2026-11-23' };

  it('are means per arm and task, and can be imported', async () => {
    const measured = measuredProfiles(await survey(table, table.rows()), models, { ...origin, perTask: true });
    expect(measured.map((row) => [row.arm, row.task, row.samples])).toEqual([
      ['small', 'a', 2],
      ['large', 'a', 2],
      ['small', 'b', 1],
      ['large', 'b', 1],
      ['small', undefined, 1],
      ['large', undefined, 1],
    ]);
    expect(measured[1]!.metrics).toEqual({ accuracy: 1, energy_j: 25 });
    // No energy was measured of the small model: 0 J is no measurement.
    expect(measured[0]!.metrics).toEqual({ accuracy: 0.5 });
    expect(checkProfiles(measured, builtInMetrics, { now: Date.UTC(2026, 10, 23) })).toEqual(measured);
  });

  it('are over all tasks when requests will not name theirs', async () => {
    const measured = measuredProfiles(await survey(table, table.rows()), models, { ...origin, perTask: false });
    expect(measured.map((row) => [row.arm, row.task, row.samples])).toEqual([
      ['small', undefined, 4],
      ['large', undefined, 4],
    ]);
    expect(measured[1]!.metrics).toEqual({ accuracy: 0.75, energy_j: 30 });
  });
});
