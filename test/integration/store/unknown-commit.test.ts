import { randomUUID } from 'node:crypto';

import { afterEach, describe, expect, it } from 'vitest';

import type { OutcomeRow } from '../../../src/routing/outcome.js';
import { applyOutcomes } from '../../../src/store/apply-outcomes.js';
import { catchUp } from '../../../src/store/catch-up.js';
import { createRouter } from '../../../src/store/create-router.js';
import { loadStatistics } from '../../../src/store/load-statistics.js';
import { readOutcomes } from '../../../src/store/read-outcomes.js';
import { readRouter } from '../../../src/store/read-router.js';
import { refold } from '../../../src/store/refold.js';
import { UnknownCommit } from '../../../src/store/store-error.js';
import { StaleStripe } from '../../../src/store/stripe.js';
import { doubtCommits, type CommitFate, type DoubtfulCommits } from '../../support/doubtful-commits.js';
import { onEveryStore } from '../../support/every-store.js';
import { outcome, targetOf } from '../../support/outcomes.js';

onEveryStore((store) => {
  const newRouter = () => `router-${randomUUID()}`;
  const apply = (stripe: number, version: number, rows: readonly OutcomeRow[], owner = 'this process') =>
    applyOutcomes(store(), {
      stripe: { tenant: 'default', router: rows[0].router, stripe, version },
      ...{ owner, rows, targetOf, receivedAt: new Date() },
    });
  const load = (router: string) => loadStatistics(store(), { tenant: 'default', router });
  const counted = async (router: string) =>
    (await load(router)).cells.reduce((n, cell) => n + cell.statistics.count, 0);
  let doubt: DoubtfulCommits | undefined;
  afterEach(() => doubt?.restore());

  describe.each<CommitFate>(['lost before', 'lost after', 'warned'])('a commit that is %s', (fate) => {
    it('is made again, and tells what became of each row as if nothing had happened', async () => {
      const rows = [0, 1, 2].map(() => outcome(rowsRouter)).sort((a, b) => (a.decisionId < b.decisionId ? -1 : 1));
      doubt = doubtCommits(fate);
      const stored = await apply(1, 0, rows);
      expect(stored).toMatchObject({ statuses: ['applied', 'applied', 'applied'], added: rows, version: 1 });
      expect(doubt.count).toBe(fate === 'lost before' ? 2 : 1);
      const [loaded, folded] = [
        await load(rowsRouter),
        await refold(store(), { tenant: 'default', router: rowsRouter }),
      ];
      expect(loaded.versions).toEqual({ 1: 1 });
      expect(loaded.cells).toEqual(folded.cells);
      expect(await counted(rowsRouter)).toBe(3);
      expect(await apply(1, 1, rows)).toMatchObject({ statuses: ['duplicate', 'duplicate', 'duplicate'], version: 1 });
    });
    const rowsRouter = newRouter();

    it('corrects once, here and in the stripe of another', async () => {
      const router = newRouter();
      const [own, foreign] = [outcome(router), outcome(router)];
      await apply(1, 0, [own]);
      await apply(2, 0, [foreign], 'another process');
      const corrections = [own, foreign].map((row) => ({ ...row, value: 0.25, correction: true }));
      doubt = doubtCommits(fate, fate);
      const stored = await apply(1, 1, corrections);
      expect(stored).toMatchObject({ statuses: ['applied', 'applied'], version: 2, correctedStripes: [2] });
      const found = await readOutcomes(store(), { tenant: 'default', router }, [own.decisionId, foreign.decisionId]);
      expect(found.map(({ value }) => value)).toEqual([0.25, 0.25]);
      expect((await load(router)).versions).toEqual({ 1: 2, 2: 2 });
    });

    it('makes a router once', async () => {
      const id = newRouter();
      const spec = { id, arms: [], features: [], objective: {} };
      doubt = doubtCommits(fate);
      const made = await createRouter(store(), { tenant: 'default', spec, profiles: [] }, new Date());
      expect((await readRouter(store(), { tenant: 'default', router: id })).secret.equals(made.secret)).toBe(true);
      const again = createRouter(store(), { tenant: 'default', spec, profiles: [] }, new Date());
      await expect(again).rejects.toMatchObject({ code: 'router-exists' });
    });
  });

  describe('after a commit that was made though its answer was lost, while somebody else goes on', () => {
    /** Lets the others act while the first waits before it tries again. */
    const meanwhile = async (router: string, write: () => Promise<unknown>, others: () => Promise<unknown>) => {
      const before = (await load(router)).versions[1] ?? 0;
      doubt = doubtCommits('lost after');
      const writing = write();
      await expect.poll(async () => (await load(router)).versions[1], { interval: 5 }).toBe(before + 1);
      await others();
      return writing;
    };

    it('tells what was taken in, at the version that took it in', async () => {
      const router = newRouter();
      const [first, other] = [outcome(router), outcome(router)];
      const stored = await meanwhile(
        router,
        () => apply(1, 0, [first]),
        () => apply(1, 1, [other], 'another process'),
      );
      expect(stored).toMatchObject({ statuses: ['applied'], added: [first], version: 1 });
      // What the other wrote comes after it.
      const found = await catchUp(
        store(),
        { tenant: 'default', router },
        { versions: { 1: 1 }, logFloor: new Date(0) },
      );
      expect(found?.changes.map(({ row }) => row.decisionId)).toEqual([other.decisionId]);
      await expect(apply(1, 1, [outcome(router)])).rejects.toBeInstanceOf(StaleStripe);
      expect(await apply(1, 2, [first])).toMatchObject({ statuses: ['duplicate'], added: [], version: 2 });
      expect(await counted(router)).toBe(2);
    });

    it('tells it also of what was corrected since', async () => {
      const router = newRouter();
      const first = outcome(router);
      const corrected = { ...first, value: 0.75, correction: true };
      const stored = await meanwhile(
        router,
        () => apply(1, 0, [first]),
        () => apply(2, 0, [corrected], 'another process'),
      );
      expect(stored).toMatchObject({ statuses: ['applied'], added: [first], version: 1 });
      expect((await load(router)).versions).toEqual({ 1: 2 });
    });

    it('does not correct once more what was corrected again', async () => {
      const router = newRouter();
      const first = outcome(router);
      await apply(1, 0, [first]);
      const correction = (value: number) => ({ ...first, value, correction: true });
      const stored = await meanwhile(
        router,
        () => apply(2, 0, [correction(0.25)]),
        () => apply(1, 2, [correction(0.75)], 'another process'),
      );
      expect(stored).toMatchObject({ statuses: ['applied'], correctedStripes: [1] });
      const [row] = await readOutcomes(store(), { tenant: 'default', router }, [first.decisionId]);
      expect(row.value).toBe(0.75);
    });
  });

  it('does not take the version of another process for its own', async () => {
    const row = outcome(newRouter());
    doubt = doubtCommits('lost before');
    const applying = apply(1, 0, [row]);
    await expect.poll(() => doubt!.count, { interval: 5 }).toBe(1);
    // The same outcome, sent again to a process that believes it owns the stripe.
    expect(await apply(1, 0, [row], 'another process')).toMatchObject({ statuses: ['applied'] });
    await expect(applying).rejects.toBeInstanceOf(StaleStripe);
    expect(await counted(row.router)).toBe(1);
  });

  it('says after some attempts that it is still not known', async () => {
    const row = outcome(newRouter());
    doubt = doubtCommits('lost before', 'lost before', 'lost before');
    const applying = apply(1, 0, [row]);
    await expect(applying).rejects.toBeInstanceOf(UnknownCommit);
    await expect(applying).rejects.toMatchObject({ code: 'database-unavailable', retryAfterSeconds: 1 });
    expect(await apply(1, 0, [row])).toMatchObject({ statuses: ['applied'], version: 1 });
  });
});
