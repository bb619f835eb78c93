/** A replica whose stripe somebody else writes to: corrections by other replicas do, and a process that took it over. */
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { RouteAnswer } from '../../../src/routing/request.js';
import type { Tradewind } from '../../../src/runtime/tradewind.js';
import { loadStatistics } from '../../../src/store/load-statistics.js';
import { refold } from '../../../src/store/refold.js';
import type { Store } from '../../../src/store/store.js';
import { doubtCommits } from '../../support/doubtful-commits.js';
import { makeDatabase } from '../../support/every-store.js';
import { smallRouter, startRealService } from '../../support/real-service.js';

describe('a replica whose stripe somebody else writes to', () => {
  let service: Tradewind;
  let store: Store;
  let router = '';
  let routers = 0;
  beforeAll(async () => {
    // It hears of nothing by itself, so that what it does is not a matter of chance.
    const place = { databaseUrl: await makeDatabase() };
    ({ service, store } = await startRealService({ place, pollMs: 3_600_000 }));
  });
  afterAll(() => service.close());
  beforeEach(async () => {
    router = `r${routers++}`;
    await service.createRouter(smallRouter(router));
  });

  const decide = async (): Promise<RouteAnswer> => service.route({ router, context: { task: 'qa' } });
  const report = ({ feedback_token }: RouteAnswer, accuracy: number) =>
    ({ feedback_token: feedback_token!, metrics: { accuracy } }) as const;
  const expectExact = async () => {
    const key = { tenant: 'default', router };
    const bytes = (cells: Awaited<ReturnType<typeof refold>>['cells']) =>
      cells.map(({ statistics }) => Buffer.from(statistics.toBytes()).toString('base64'));
    const folded = bytes((await refold(store, key)).cells);
    expect(bytes((await loadStatistics(store, key)).cells)).toEqual(folded);
    expect((await service.exportState(router)).statistics.map((cell) => cell.bytes)).toEqual(folded);
  };

  it('goes on after a version of it that changed nothing', async () => {
    const [first, second] = [await decide(), await decide()];
    await expect(service.feedback([report(first, 1)])).resolves.toMatchObject([{ status: 'applied' }]);
    await sql`update stripes set version = version + 1 where router = ${router}`.execute(store.db);
    await expect(service.feedback([report(second, 0)])).resolves.toMatchObject([{ status: 'applied' }]);
    await expectExact();
  });

  it('says of an outcome that it was taken in, where that was before the stripe was lost to another', async () => {
    // What comes twice in a batch takes two transactions; between them the stripe moves on, once.
    await sql`
      create function move_stripe_on() returns trigger language plpgsql as $$
      begin
        update stripes set version = version + 1 where router = new.router and version = 1;
        return null;
      end $$`.execute(store.db);
    await sql`create trigger move_stripe_on after insert on feedback for each row execute function move_stripe_on()`.execute(
      store.db,
    );
    const [twice, once] = [await decide(), await decide()];
    const items = [report(twice, 1), report(once, 1), report(twice, 1), { ...report(once, 0), correction: true }];
    await expect(service.feedback(items)).resolves.toMatchObject([
      { status: 'applied' },
      { status: 'applied' },
      { status: 'duplicate' },
      { status: 'applied' },
    ]);
    await sql`drop function move_stripe_on cascade`.execute(store.db);
    expect(service.readRouter(router).outcomes).toMatchObject({ accuracy: 2 });
    await expectExact();
  });

  it('does not call an outcome its own duplicate, where the answer to its commit was lost and the stripe moved on', async () => {
    const decisions = [await decide(), await decide()];
    await expect(service.feedback([report(decisions[0], 1)])).resolves.toMatchObject([{ status: 'applied' }]);
    const doubt = doubtCommits('lost after');
    try {
      const reporting = service.feedback([report(decisions[1], 1)]);
      const move = sql`update stripes set version = version + 1 where router = ${router} and version = 2 returning version`;
      await expect.poll(async () => (await move.execute(store.db)).rows, { interval: 5 }).toHaveLength(1);
      await expect(reporting).resolves.toMatchObject([{ status: 'applied' }]);
    } finally {
      doubt.restore();
    }
    await expect(service.feedback([report(decisions[1], 1)])).resolves.toMatchObject([{ status: 'duplicate' }]);
    expect(service.readRouter(router).outcomes).toMatchObject({ accuracy: 2 });
    await expectExact();
  });

  it('asks to be sent the outcomes again where it is always too late', async () => {
    await sql`
      create function keep_moving() returns trigger language plpgsql as $$
      begin
        return null;
      end $$`.execute(store.db);
    // The update finds its row, and then does nothing to it: the stripe is never at the version that was named.
    await sql`create trigger keep_moving before update or insert on stripes for each row execute function keep_moving()`.execute(
      store.db,
    );
    await expect(service.feedback([report(await decide(), 1)])).rejects.toMatchObject({ code: 'database-unavailable' });
    await sql`drop function keep_moving cascade`.execute(store.db);
    await expect(service.feedback([report(await decide(), 1)])).resolves.toMatchObject([{ status: 'applied' }]);
  });
});
