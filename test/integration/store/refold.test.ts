import { randomUUID } from 'node:crypto';

import fc from 'fast-check';
import { expect, it } from 'vitest';

import type { OutcomeRow } from '../../../src/routing/outcome.js';
import type { Cell } from '../../../src/routing/statistics-table.js';
import { applyOutcomes } from '../../../src/store/apply-outcomes.js';
import { catchUp } from '../../../src/store/catch-up.js';
import { changesOfMany } from '../../../src/store/changes-of-many.js';
import { CellSums } from '../../../src/store/cell-sums.js';
import { claimStripe } from '../../../src/store/claim-stripe.js';
import { foldStripe, foldStripes } from '../../../src/store/fold-stripes.js';
import { importStatistics } from '../../../src/store/import-statistics.js';
import { loadStatistics } from '../../../src/store/load-statistics.js';
import { refold } from '../../../src/store/refold.js';
import { statisticsAt } from '../../../src/store/statistics-at.js';
import { onEveryStore } from '../../support/every-store.js';
import { decisionId, features, outcome, targetOf } from '../../support/outcomes.js';

const bytesOf = (cells: readonly Cell[]) => cells.map(({ key, statistics }) => ({ key, bytes: statistics.toBytes() }));

/** The sums that a list of rows has, by adding them one by one. */
function sumsOf(rows: Iterable<OutcomeRow>): Cell[] {
  const sums = new CellSums();
  for (const row of rows) sums.apply({ ...row, target: targetOf(row) }, 1);
  return sums.filled();
}

/** One thing that happens to a router: a batch of reports, or the folding of a stripe. */
const report = fc.record({
  decision: fc.nat(7),
  metric: fc.constantFrom('accuracy', 'energy_j', 'failed'),
  value: fc.constantFrom(0, 0.25, 1, -3.5),
  arm: fc.constantFrom('small', 'large'),
  correction: fc.boolean(),
});
const event = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ stripe: fc.integer({ min: 1, max: 3 }), reports: fc.array(report, { maxLength: 9 }) }),
  },
  { weight: 1, arbitrary: fc.record({ fold: fc.integer({ min: 1, max: 3 }) }) },
);

onEveryStore((store) => {
  const windowMs = 7 * 86_400_000;

  it('has the sums of every version, whatever was repeated, contradicted, corrected or folded', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 12 }), async (events) => {
        const key = { tenant: 'default', router: `router-${randomUUID()}` };
        const decisions = Array.from({ length: 8 }, (_, i) => ({
          id: decisionId(),
          x: features(i * 500, -i),
          epoch: i % 2,
        }));
        const model = new Map<string, OutcomeRow>();
        const past: { versions: Record<string, number>; cells: Cell[] }[] = [];
        for (const happening of events) {
          if ('fold' in happening) {
            await foldStripe(store(), key, happening.fold);
            continue;
          }
          const rows = happening.reports.map(({ decision, ...given }) => {
            const { id, x, epoch } = decisions[decision];
            return outcome(key.router, { ...given, decisionId: id, features: x, epoch });
          });
          const { versions } = await loadStatistics(store(), key);
          const stored = await applyOutcomes(store(), {
            stripe: { ...key, stripe: happening.stripe, version: versions[happening.stripe] ?? 0 },
            owner: 'test',
            rows,
            targetOf,
            receivedAt: new Date(),
          });
          expect(stored.statuses).toEqual(rows.map((row) => expectedStatus(model, row)));
          past.push({ versions: { ...(await loadStatistics(store(), key)).versions }, cells: sumsOf(model.values()) });
        }
        const loaded = await loadStatistics(store(), key);
        expect(bytesOf(loaded.cells)).toEqual(bytesOf(sumsOf(model.values())));
        expect(bytesOf((await refold(store(), key)).cells)).toEqual(bytesOf(loaded.cells));
        for (const { versions, cells } of past) {
          expect(bytesOf((await refold(store(), key, versions)).cells)).toEqual(bytesOf(cells));
          const view = { versions, decidedAt: new Date(), windowMs };
          expect(bytesOf(await statisticsAt(store(), key, view))).toEqual(bytesOf(cells));
        }
        await expectToCatchUp(key, past, loaded.cells);
      }),
      { numRuns: 12 },
    );
  });

  /** From every past state, the changes since then lead to the present one. */
  async function expectToCatchUp(
    key: { tenant: string; router: string },
    past: readonly { versions: Record<string, number>; cells: readonly Cell[] }[],
    present: readonly Cell[],
  ): Promise<void> {
    for (const { versions, cells } of past) {
      const news = await catchUp(store(), key, { versions, logFloor: new Date(0) });
      const sums = new CellSums();
      for (const { key: name, statistics } of cells) sums.merge({ key: name, statistics });
      for (const { sign, row, target } of news!.changes) sums.apply({ ...row, target }, sign);
      expect(bytesOf(sums.filled())).toEqual(bytesOf(present));
      const ranges = Object.entries(news!.versions).map(([stripe, to]) => {
        return { ...key, stripe: Number(stripe), from: versions[stripe] ?? 0, to };
      });
      const together = new CellSums();
      for (const { key: name, statistics } of cells) together.merge({ key: name, statistics });
      for (const { sign, row, target } of (await changesOfMany(store(), key.tenant, ranges)).flat())
        together.apply({ ...row, target }, sign);
      expect(bytesOf(together.filled())).toEqual(bytesOf(present));
    }
  }

  it('forgets what was folded of a cell that a correction empties', async () => {
    const row = outcome(`router-${randomUUID()}`);
    const corrected = { ...row, arm: 'large', correction: true };
    for (const [version, rows] of [[row], [corrected]].entries()) {
      const stripe = { tenant: 'default', router: row.router, stripe: 1, version };
      await applyOutcomes(store(), { stripe, owner: 'test', rows, targetOf, receivedAt: new Date() });
      await foldStripe(store(), row, 1);
    }
    expect(bytesOf((await loadStatistics(store(), row)).cells)).toEqual(bytesOf(sumsOf([corrected])));
  });

  it('is folded once by two who fold it at the same moment', async () => {
    const row = outcome(`router-${randomUUID()}`);
    const rows = [row, outcome(row.router, { value: 1 })];
    const stripe = { tenant: 'default', router: row.router, stripe: 1, version: 0 };
    await applyOutcomes(store(), { stripe, owner: 'test', rows, targetOf, receivedAt: new Date() });
    const folded = await Promise.all([1, 2, 3].map(() => foldStripe(store(), row, 1)));
    expect(folded.filter(Boolean)).toHaveLength(1);
    expect(bytesOf((await loadStatistics(store(), row)).cells)).toEqual(bytesOf(sumsOf(rows)));
  });

  it('is folded by others only where nobody living writes to it', async () => {
    const row = outcome(`router-${randomUUID()}`);
    const living = await claimStripe(store(), 'living');
    const dead = living + 1;
    for (const number of [living, dead]) {
      const stripe = { tenant: 'default', router: row.router, stripe: number, version: 0 };
      const rows = [outcome(row.router)];
      await applyOutcomes(store(), { stripe, owner: 'test', rows, targetOf, receivedAt: new Date() });
    }
    await foldStripes(store(), { ownerless: true });
    const stripes = await store()
      .db.selectFrom('stripes')
      .select(['stripe', 'folded'])
      .where('router', '=', row.router)
      .orderBy('stripe')
      .execute();
    expect(stripes).toEqual([
      { stripe: living, folded: 0 },
      { stripe: dead, folded: 1 },
    ]);
  });

  it('counts what was imported once, beside what was learned', async () => {
    const key = { tenant: 'default', router: `router-${randomUUID()}` };
    const [elsewhere, here] = [[outcome(key.router), outcome(key.router)], outcome(key.router, { value: 1 })];
    const stripe = { ...key, stripe: 1, version: 0 };
    await applyOutcomes(store(), { stripe, owner: 'test', rows: [here], targetOf, receivedAt: new Date() });
    const known = await loadStatistics(store(), key);
    for (const version of [1, 2]) {
      expect(await importStatistics(store(), key, sumsOf(elsewhere), 'test', new Date())).toBe(version);
      const expected = bytesOf(sumsOf([...elsewhere, here]));
      expect(bytesOf((await loadStatistics(store(), key)).cells)).toEqual(expected);
      expect(bytesOf((await refold(store(), key)).cells)).toEqual(expected);
    }
    expect(await catchUp(store(), key, known)).toBeUndefined();
    const before = { versions: { 0: 1, 1: 1 }, decidedAt: new Date(), windowMs };
    await expect(statisticsAt(store(), key, before)).rejects.toMatchObject({ code: 'not-explainable' });
  });

  it('says that it cannot know the statistics of a version that the database has not reached', async () => {
    const row = outcome(`router-${randomUUID()}`);
    const view = { versions: { 1: 1 }, decidedAt: new Date(), windowMs };
    await expect(statisticsAt(store(), row, view)).rejects.toMatchObject({ code: 'not-explainable' });
  });
});

/** What a row should become, and what the model holds afterwards. */
function expectedStatus(model: Map<string, OutcomeRow>, row: OutcomeRow): string {
  const name = `${row.decisionId} ${row.metric}`;
  const known = model.get(name);
  if (known?.value === row.value && known.arm === row.arm) return 'duplicate';
  if (known && !row.correction) return 'conflict';
  model.set(name, row);
  return 'applied';
}
