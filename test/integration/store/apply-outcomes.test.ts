import { randomUUID } from 'node:crypto';

import { expect, it } from 'vitest';

import type { OutcomeRow } from '../../../src/routing/outcome.js';
import type { Cell } from '../../../src/routing/statistics-table.js';
import { applyOutcomes } from '../../../src/store/apply-outcomes.js';
import { catchUp } from '../../../src/store/catch-up.js';
import { foldStripes } from '../../../src/store/fold-stripes.js';
import { loadStatistics } from '../../../src/store/load-statistics.js';
import type { StoredOutcomes } from '../../../src/store/outcome-batch.js';
import { readOutcomes } from '../../../src/store/read-outcomes.js';
import { refold } from '../../../src/store/refold.js';
import { StaleStripe } from '../../../src/store/stripe.js';
import { onEveryStore } from '../../support/every-store.js';
import { outcome, targetOf } from '../../support/outcomes.js';

onEveryStore((store) => {
  const newRouter = () => `router-${randomUUID()}`;
  const apply = (stripe: number, version: number, rows: readonly OutcomeRow[]): Promise<StoredOutcomes> =>
    applyOutcomes(store(), {
      stripe: { tenant: 'default', router: rows[0].router, stripe, version },
      owner: 'test',
      rows,
      targetOf,
      receivedAt: new Date(),
    });
  const load = (router: string) => loadStatistics(store(), { tenant: 'default', router });
  const count = (cells: readonly Cell[]) => cells.reduce((sum, { statistics }) => sum + statistics.count, 0);

  it('takes an outcome in once, however often it comes', async () => {
    const row = outcome(newRouter());
    const first = await apply(1, 0, [row, row]);
    expect(first).toMatchObject({ statuses: ['applied', 'duplicate'], added: [row], corrected: [], version: 1 });
    const again = await apply(1, 1, [row]);
    expect(again).toMatchObject({ statuses: ['duplicate'], added: [], version: 1 });
    const elsewhere = await apply(2, 0, [row]);
    expect(elsewhere).toMatchObject({ statuses: ['duplicate'], added: [], version: 0 });
    expect(count((await load(row.router)).cells)).toBe(1);
  });

  it('refuses another value, and another arm, for a decision and metric', async () => {
    const row = outcome(newRouter());
    await apply(1, 0, [row]);
    const { statuses, version } = await apply(1, 1, [
      { ...row, value: 0.75 },
      { ...row, arm: 'large' },
      { ...row, metric: 'energy_j' },
    ]);
    expect(statuses).toEqual(['conflict', 'conflict', 'applied']);
    expect(version).toBe(2);
    const stored = await readOutcomes(store(), row, [row.decisionId]);
    expect(stored.map(({ metric, value, arm }) => [metric, value, arm])).toEqual([
      ['accuracy', 0.5, 'small'],
      ['energy_j', 0.5, 'small'],
    ]);
  });

  it('replaces a value that a correction corrects', async () => {
    const row = outcome(newRouter());
    await apply(1, 0, [row]);
    const corrected = { ...row, value: 0.25, arm: 'large', correction: true };
    expect(await apply(1, 1, [corrected])).toMatchObject({
      statuses: ['applied'],
      added: [corrected],
      corrected: [{ value: 0.5, arm: 'small' }],
      version: 2,
    });
    expect(await apply(1, 2, [corrected])).toMatchObject({ statuses: ['duplicate'], version: 2 });
    const direct = await apply(1, 0, [{ ...corrected, router: newRouter(), correction: false }]);
    const [cell, ...others] = (await load(row.router)).cells;
    const [expected] = (await load(direct.added[0].router)).cells;
    expect(others).toEqual([]);
    expect(cell.key.arm).toBe('large');
    expect(cell.statistics.toBytes()).toEqual(expected.statistics.toBytes());
  });

  it('corrects a row in the stripe that took it in, whose owner then has to catch up', async () => {
    const row = outcome(newRouter());
    await apply(1, 0, [row]);
    const known = await load(row.router);
    const corrected = { ...row, value: 0.25, correction: true };
    expect(await apply(2, 0, [corrected])).toMatchObject({
      statuses: ['applied'],
      added: [],
      version: 0,
      correctedStripes: [1],
    });
    await expect(apply(1, 1, [outcome(row.router)])).rejects.toThrow(StaleStripe);
    const news = await catchUp(store(), row, known);
    expect(news).toMatchObject({
      versions: { 1: 2 },
      changes: [
        { sign: 1, row: { value: 0.25 } },
        { sign: -1, row: { value: 0.5 } },
      ],
    });
    expect(await apply(1, 2, [outcome(row.router)])).toMatchObject({ statuses: ['applied'], version: 3 });
  });

  it('refuses a writer that does not know the present version of its stripe, and stores nothing of it', async () => {
    const row = outcome(newRouter());
    await apply(1, 0, [row]);
    for (const version of [0, 2, 7]) {
      await expect(apply(1, version, [outcome(row.router)])).rejects.toThrow(StaleStripe);
    }
    expect(await load(row.router)).toMatchObject({ versions: { 1: 1 } });
    expect(count((await load(row.router)).cells)).toBe(1);
  });

  it('lets only one of two writers with the same stripe through', async () => {
    const router = newRouter();
    const tries = await Promise.allSettled([1, 2, 3].map(() => apply(1, 0, [outcome(router)])));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(count((await load(router)).cells)).toBe(1);
  });

  it('counts a row once when two replicas get it at the same time', async () => {
    const router = newRouter();
    const rows = Array.from({ length: 50 }, () => outcome(router));
    const results = await Promise.all([apply(1, 0, rows), apply(2, 0, [...rows].reverse())]);
    const applied = results.flatMap(({ statuses }) => statuses).filter((status) => status === 'applied');
    expect(applied).toHaveLength(50);
    expect(count((await load(router)).cells)).toBe(50);
  });

  it('keeps a failure but learns nothing from it', async () => {
    const row = outcome(newRouter(), { metric: 'failed', value: 1 });
    expect(await apply(1, 0, [row])).toMatchObject({ statuses: ['applied'], version: 1 });
    expect((await load(row.router)).cells).toEqual([]);
    expect(await readOutcomes(store(), row, [row.decisionId])).toMatchObject([{ metric: 'failed', value: 1 }]);
  });

  it('gives stripes that merge to what one stripe would hold, folded or not', async () => {
    const [split, whole] = [newRouter(), newRouter()];
    const rows = Array.from({ length: 40 }, (_, i) =>
      outcome(split, { value: i / 40, arm: `arm-${i % 3}`, metric: i % 2 ? 'accuracy' : 'energy_j', epoch: i % 4 }),
    );
    await apply(1, 0, rows.slice(0, 25));
    await foldStripes(store());
    await apply(1, 1, rows.slice(25, 30));
    await apply(2, 0, rows.slice(30));
    await apply(
      1,
      0,
      rows.map((row) => ({ ...row, router: whole })),
    );
    const bytes = (cells: readonly Cell[]) =>
      cells.map(({ key, statistics }) => ({ key, bytes: statistics.toBytes() }));
    const expected = bytes((await load(whole)).cells);
    expect(bytes((await load(split)).cells)).toEqual(expected);
    expect(bytes((await refold(store(), { tenant: 'default', router: split })).cells)).toEqual(expected);
  });

  it('refuses numbers that are not finite and rows of another router before it touches anything', async () => {
    const row = outcome(newRouter());
    for (const value of [NaN, Infinity, -Infinity]) {
      await expect(apply(1, 0, [row, { ...row, metric: 'failed', value }])).rejects.toThrow('must be finite');
    }
    await expect(apply(1, 0, [row, outcome('another')])).rejects.toThrow('one router');
    await expect(apply(1, 0, [{ ...row, decisionId: randomUUID() }])).rejects.toThrow('version 7');
    expect(await load(row.router)).toMatchObject({ versions: {}, cells: [] });
  });

  it('stores -0 as 0', async () => {
    const row = outcome(newRouter(), { value: -0 });
    await apply(1, 0, [row]);
    expect(await apply(1, 1, [{ ...row, value: 0 }])).toMatchObject({ statuses: ['duplicate'] });
    const [stored] = await readOutcomes(store(), row, [row.decisionId]);
    expect(Object.is(stored.value, 0)).toBe(true);
  });
});
