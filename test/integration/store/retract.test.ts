import { randomUUID } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { OutcomeRow } from '../../../src/routing/outcome.js';
import type { Cell } from '../../../src/routing/statistics-table.js';
import { applyOutcomes } from '../../../src/store/apply-outcomes.js';
import { catchUp } from '../../../src/store/catch-up.js';
import { CellSums } from '../../../src/store/cell-sums.js';
import { foldStripe } from '../../../src/store/fold-stripes.js';
import { loadStatistics } from '../../../src/store/load-statistics.js';
import { readOutcomes } from '../../../src/store/read-outcomes.js';
import { refold } from '../../../src/store/refold.js';
import { countRetractable, retract } from '../../../src/store/retract.js';
import {
  abandonedRetractions,
  claimRetraction,
  listRetractions,
  requestRetraction,
  type Retraction,
  type RetractionQuestion,
} from '../../../src/store/retractions.js';
import { statisticsAt } from '../../../src/store/statistics-at.js';
import type { RouterKey, Store } from '../../../src/store/store.js';
import { streamOutcomes } from '../../../src/store/stream-outcomes.js';
import { onEveryStore } from '../../support/every-store.js';
import { decisionId, features, outcome, targetOf } from '../../support/outcomes.js';

const bytesOf = (cells: readonly Cell[]) => cells.map(({ key, statistics }) => ({ key, bytes: statistics.toBytes() }));
const newKey = (): RouterKey => ({ tenant: 'default', router: `router-${randomUUID()}` });
const long = new Date(0);
const windowMs = 7 * 86_400_000;

/** The sums that a list of rows has, by adding them one by one. */
function sumsOf(rows: Iterable<OutcomeRow>): Cell[] {
  const sums = new CellSums();
  for (const row of rows) sums.apply({ ...row, target: targetOf(row) }, 1);
  return sums.filled();
}

async function report(store: Store, key: RouterKey, stripe: number, rows: readonly OutcomeRow[], at = new Date()) {
  const { versions } = await loadStatistics(store, key);
  const known = { ...key, stripe, version: versions[stripe] ?? 0 };
  return applyOutcomes(store, { stripe: known, owner: 'test', rows, targetOf, receivedAt: at });
}

async function takeBack(store: Store, key: RouterKey, question: RetractionQuestion): Promise<Retraction> {
  const request = { ...question, requestedBy: 'a test', reason: 'it was wrong' };
  const { retraction } = await requestRetraction(store, key, request, 'test');
  return retract(store, key, retraction, { worker: 'test', pauseMs: 0 });
}

const reportOf = fc.record({
  decision: fc.nat(5),
  metric: fc.constantFrom('accuracy', 'energy_j', 'failed'),
  value: fc.constantFrom(0, 0.25, 1, -3.5),
  arm: fc.constantFrom('small', 'large'),
  source: fc.nat(),
  correction: fc.boolean(),
});
const stripeOf = fc.integer({ min: 1, max: 3 });
const event = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ stripe: stripeOf, reports: fc.array(reportOf, { minLength: 1, maxLength: 9 }) }),
  },
  { weight: 2, arbitrary: fc.record({ fold: stripeOf }) },
  { weight: 2, arbitrary: fc.record({ retract: fc.nat() }) },
);

/** A report that was acknowledged: taken in, or met again. */
interface Acknowledged {
  readonly row: OutcomeRow;
  retracted: boolean;
}

/** What should be known, from nothing but the list of acknowledged reports: those taken back never came. */
class Model {
  private readonly acknowledged = new Map<string, Acknowledged[]>();

  status(row: OutcomeRow): string {
    const name = `${row.decisionId} ${row.metric}`;
    const reports = this.acknowledged.get(name) ?? [];
    const known = replayed(reports);
    const status = known
      ? statusBeside(known, row)
      : reports.some(({ row: { source } }) => source === row.source) && !row.correction
        ? 'retracted'
        : 'applied';
    if (status === 'applied' || status === 'duplicate')
      this.acknowledged.set(name, [...reports, { row, retracted: false }]);
    return status;
  }

  retract(source: string): void {
    for (const report of [...this.acknowledged.values()].flat())
      if (report.row.source === source) report.retracted = true;
  }

  rows(): OutcomeRow[] {
    return [...this.acknowledged.values()].flatMap((reports) => replayed(reports) ?? []);
  }
}

function statusBeside(known: OutcomeRow, row: OutcomeRow): string {
  if (known.value === row.value && known.arm === row.arm) return 'duplicate';
  return row.correction ? 'applied' : 'conflict';
}

function replayed(reports: readonly Acknowledged[]): OutcomeRow | undefined {
  let known: OutcomeRow | undefined;
  for (const { row, retracted } of reports) {
    if (!retracted && (!known || statusBeside(known, row) === 'applied')) known = row;
  }
  return known;
}

onEveryStore((store) => {
  it.each([
    // What three sources agree on after two had contradicted each other is lost when both of those are taken back.
    { sources: ['good', 'bad'], retractable: ['good', 'bad'] },
    { sources: ['good', 'fine', 'bad'], retractable: ['bad'] },
  ])('leaves the sums of every version as if $retractable had never reported, of $sources', async (given) => {
    const sourceOf = (n: number) => given.sources[n % given.sources.length];
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 14 }), async (events) => {
        const key = newKey();
        const decisions = Array.from({ length: 6 }, (_, i) => ({
          id: decisionId(),
          x: features(i * 500, -i),
          epoch: i % 3,
        }));
        const model = new Model();
        const past: { versions: Readonly<Record<string, number>>; cells: Cell[] }[] = [];
        for (const happening of events) {
          if ('fold' in happening) {
            await foldStripe(store(), key, happening.fold);
            continue;
          }
          if ('retract' in happening) {
            const source = given.retractable[happening.retract % given.retractable.length];
            const question = { source, since: long };
            const expected = await countRetractable(store(), key, question);
            expect((await takeBack(store(), key, question)).outcomes).toBe(expected);
            model.retract(source);
          } else {
            const rows = happening.reports.map(({ decision, source, ...told }) => {
              const { id, x, epoch } = decisions[decision];
              const known = { ...told, source: sourceOf(source), decisionId: id, features: x, epoch };
              return outcome(key.router, known);
            });
            const { statuses } = await report(store(), key, happening.stripe, rows);
            expect(statuses).toEqual(rows.map((row) => model.status(row)));
          }
          past.push({ versions: (await loadStatistics(store(), key)).versions, cells: sumsOf(model.rows()) });
        }
        const present = bytesOf(sumsOf(model.rows()));
        expect(bytesOf((await loadStatistics(store(), key)).cells)).toEqual(present);
        expect(bytesOf((await refold(store(), key)).cells)).toEqual(present);
        for (const { versions, cells } of past) {
          expect(bytesOf((await refold(store(), key, versions)).cells)).toEqual(bytesOf(cells));
          const view = { versions, decidedAt: new Date(), windowMs };
          expect(bytesOf(await statisticsAt(store(), key, view))).toEqual(bytesOf(cells));
          const news = await catchUp(store(), key, { versions, logFloor: new Date(0) });
          const sums = new CellSums();
          for (const cell of cells) sums.merge(cell);
          for (const { sign, row, target } of news!.changes) sums.apply({ ...row, target }, sign);
          expect(bytesOf(sums.filled())).toEqual(present);
        }
        const logged = await readOutcomes(
          store(),
          key,
          decisions.map(({ id }) => id),
        );
        const shown = ({ decisionId: id, metric, value, arm }: OutcomeRow) => `${id} ${metric} ${value} ${arm}`;
        expect(logged.map(shown).sort()).toEqual(model.rows().map(shown).sort());
        const day = { from: new Date(Date.now() - 86_400_000), to: new Date(Date.now() + 86_400_000) };
        const streamed: string[] = [];
        for await (const page of streamOutcomes(store(), key, day))
          streamed.push(...page.map((row) => shown({ ...outcome(key.router), ...row })));
        expect(streamed.sort()).toEqual(model.rows().map(shown).sort());
      }),
      { numRuns: 12 },
    );
  });

  describe('a retraction', () => {
    it('takes out what came in a span of time, and nothing else', async () => {
      const key = newKey();
      const at = (minute: number) => new Date(Date.UTC(2026, 10, 1, 12, minute));
      const rows = [0, 1, 2, 3, 4].map((i) => outcome(key.router, { source: 'bad', value: i / 4 }));
      for (const [minute, row] of rows.entries()) await report(store(), key, 1, [row], at(minute));
      const question = { source: 'bad', since: at(1), until: at(3) };
      expect(await countRetractable(store(), key, question)).toBe(2);
      expect(await takeBack(store(), key, question)).toMatchObject({ retraction: 1, outcomes: 2, restored: 0 });
      const kept = [rows[0], rows[3], rows[4]];
      expect(bytesOf((await loadStatistics(store(), key)).cells)).toEqual(bytesOf(sumsOf(kept)));
    });

    it('of a source that nobody knows changes nothing, not even a version', async () => {
      const key = newKey();
      const row = outcome(key.router);
      await report(store(), key, 1, [row]);
      expect(await takeBack(store(), key, { source: 'nobody', since: long })).toMatchObject({ outcomes: 0 });
      expect(await loadStatistics(store(), key)).toMatchObject({ versions: { 1: 1 } });
    });

    it('that is run twice takes everything out once, and is listed with who asked, when and how many', async () => {
      const key = newKey();
      const rows = [outcome(key.router, { source: 'bad' }), outcome(key.router, { source: 'good' })];
      await report(store(), key, 2, rows);
      const question = { source: 'bad', since: long };
      await takeBack(store(), key, question);
      expect(await retract(store(), key, 1, { worker: 'another' })).toMatchObject({ outcomes: 1 });
      expect(await takeBack(store(), key, question)).toMatchObject({ retraction: 2, outcomes: 0 });
      const [second, first] = await listRetractions(store(), key);
      expect(second).toMatchObject({ retraction: 2, outcomes: 0 });
      expect(first).toMatchObject({
        ...{ retraction: 1, source: 'bad', since: long, requestedBy: 'a test', reason: 'it was wrong', outcomes: 1 },
        finishedAt: expect.any(Date) as Date,
      });
      expect(Math.abs(first.requestedAt.getTime() - Date.now())).toBeLessThan(600_000);
      expect(bytesOf((await loadStatistics(store(), key)).cells)).toEqual(bytesOf(sumsOf([rows[1]])));
    });

    it('goes on where it was stopped, page by page, and leaves alone what came after it was asked for', async () => {
      const key = newKey();
      const bad = (count: number) => Array.from({ length: count }, () => outcome(key.router, { source: 'bad' }));
      const early = [bad(400), bad(400), bad(400)];
      for (const rows of early) await report(store(), key, 1, rows);
      const request = { source: 'bad', since: long, requestedBy: 'a', reason: '' };
      const { retraction } = await requestRetraction(store(), key, request, 'killed');
      const late = [outcome(key.router, { source: 'bad' })];
      await report(store(), key, 1, late);
      const stop = new AbortController();
      const first = retract(store(), key, retraction, { worker: 'killed', pauseMs: 500, signal: stop.signal });
      const progressed = async () => (await listRetractions(store(), key))[0].outcomes > 0;
      while (!(await progressed())) await new Promise((resolve) => setImmediate(resolve));
      stop.abort();
      const stopped = await first;
      expect(stopped.finishedAt).toBeUndefined();
      expect(stopped.outcomes % 400).toBe(0);
      expect(stopped.outcomes).toBeLessThan(1200);
      const left = early.flat().slice(stopped.outcomes).concat(late);
      expect(bytesOf((await loadStatistics(store(), key)).cells)).toEqual(bytesOf(sumsOf(left)));
      // The same question again is the same retraction; another one has to wait.
      expect(await requestRetraction(store(), key, request, 'heir')).toMatchObject({ retraction });
      await expect(requestRetraction(store(), key, { ...request, source: 'other' }, 'heir')).rejects.toMatchObject({
        code: 'retraction-running',
      });
      expect(await retract(store(), key, retraction, { worker: 'heir', pauseMs: 0 })).toMatchObject({ outcomes: 1200 });
      expect(bytesOf((await loadStatistics(store(), key)).cells)).toEqual(bytesOf(sumsOf(late)));
    });

    it('keeps from coming back what another source corrected after it was asked for', async () => {
      const key = newKey();
      const row = outcome(key.router, { source: 'bad' });
      await report(store(), key, 1, [row]);
      const request = { source: 'bad', since: long, requestedBy: 'a', reason: '' };
      const { retraction } = await requestRetraction(store(), key, request, 'test');
      await report(store(), key, 1, [{ ...row, source: 'good', value: 1, correction: true }]);
      expect(await retract(store(), key, retraction, { worker: 'test', pauseMs: 0 })).toMatchObject({ outcomes: 0 });
      expect(await takeBack(store(), key, { source: 'good', since: long })).toMatchObject({ outcomes: 1, restored: 0 });
      expect((await loadStatistics(store(), key)).cells).toEqual([]);
    });

    it('worked on by two processes at once takes each row out once, while outcomes go on coming in', async () => {
      const key = newKey();
      const rows = Array.from({ length: 1500 }, (_, i) => outcome(key.router, { source: i % 2 ? 'bad' : 'good' }));
      for (let i = 0; i < rows.length; i += 300)
        await report(store(), key, 1 + ((i / 300) % 2), rows.slice(i, i + 300));
      const request = { source: 'bad', since: long, requestedBy: 'a', reason: '' };
      const { retraction } = await requestRetraction(store(), key, request, 'one');
      const coming = Array.from({ length: 10 }, () => [outcome(key.router, { source: 'bad' })]);
      const writing = (async () => {
        for (const some of coming) {
          // Its stripe is taken ahead under it now and then: it looks again, as a replica does.
          while (
            !(await report(store(), key, 1, some).then(
              () => true,
              () => false,
            ))
          )
            continue;
        }
      })();
      const both = ['one', 'two'].map((worker) => retract(store(), key, retraction, { worker, pauseMs: 1 }));
      await Promise.all([...both, writing]);
      expect((await listRetractions(store(), key))[0]).toMatchObject({ outcomes: 750 });
      const left = [...rows.filter(({ source }) => source === 'good'), ...coming.flat()];
      expect(bytesOf((await loadStatistics(store(), key)).cells)).toEqual(bytesOf(sumsOf(left)));
      expect(bytesOf((await refold(store(), key)).cells)).toEqual(bytesOf(sumsOf(left)));
    });

    it("is anybody's once nobody has worked on it for a while", async () => {
      const key = newKey();
      await report(store(), key, 1, [outcome(key.router, { source: 'bad' })]);
      const request = { source: 'bad', since: long, requestedBy: 'a', reason: '' };
      const { retraction } = await requestRetraction(store(), key, request, 'gone');
      const mine = async () => (await abandonedRetractions(store())).filter(({ router }) => router === key.router);
      expect(await mine()).toEqual([]);
      expect(await claimRetraction(store(), key, retraction, 'heir')).toBe(false);
      expect(await claimRetraction(store(), key, retraction, 'gone')).toBe(true);
      await store()
        .db.updateTable('retractions')
        .set({ worked_at: new Date(Date.now() - 60_000) })
        .where('router', '=', key.router)
        .execute();
      expect(await mine()).toEqual([{ ...key, retraction }]);
      expect(await claimRetraction(store(), key, retraction, 'heir')).toBe(true);
      expect(await claimRetraction(store(), key, retraction, 'gone')).toBe(false);
    });
  });
});
