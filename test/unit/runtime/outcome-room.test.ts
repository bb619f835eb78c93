import { describe, expect, it } from 'vitest';

import type { OutcomeRow, OutcomeStatus } from '../../../src/routing/outcome.js';
import { FeedbackBatcher } from '../../../src/runtime/feedback-batcher.js';
import { OutcomeRoom } from '../../../src/runtime/outcome-room.js';

const rows = (count: number) => Array.from({ length: count }, () => ({ metric: 'accuracy' })) as OutcomeRow[];
const overloaded = { code: 'overloaded', retryAfterSeconds: 1 };

/** Batchers of routers whose commits end when they are told to. */
function batchersOf(room: OutcomeRoom, count: number) {
  const ends: ((error?: Error) => void)[] = [];
  const batchers = Array.from(
    { length: count },
    () =>
      new FeedbackBatcher<OutcomeStatus>({
        apply: (batch) =>
          new Promise((resolve, reject) =>
            ends.push((error) => (error ? reject(error) : resolve(batch.map(() => 'applied')))),
          ),
        room,
        batchSize: 100,
        patienceMs: 60_000,
      }),
  );
  return { batchers, ends };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('the room for outcomes that wait', () => {
  it('is bounded for one router, and others still have some', async () => {
    const { batchers, ends } = batchersOf(new OutcomeRoom(10, 100), 2);
    const taken = [batchers[0]!.add(rows(6))];
    await expect(batchers[0]!.add(rows(5))).rejects.toMatchObject(overloaded);
    taken.push(batchers[0]!.add(rows(4)), batchers[1]!.add(rows(10)));
    await turn();
    for (const end of ends) end();
    await Promise.all(taken);
  });

  it('is bounded for all routers together, however little each has, and is there again after a commit', async () => {
    const { batchers, ends } = batchersOf(new OutcomeRoom(10, 20), 11);
    const taken = batchers.slice(0, 10).map((batcher) => batcher.add(rows(2)));
    await expect(batchers[10]!.add(rows(1))).rejects.toMatchObject({
      ...overloaded,
      message: expect.stringContaining('20 outcomes of all routers wait to be stored and 20 fit') as string,
    });
    await turn();
    ends[0]!();
    await taken[0];
    taken.push(batchers[10]!.add(rows(2)));
    await expect(batchers[0]!.add(rows(1))).rejects.toMatchObject(overloaded);
    await turn();
    for (const end of ends) end();
    await Promise.all(taken);
  });

  it('is given back where the commit fails, and takes what is larger than itself when nothing waits', async () => {
    const { batchers, ends } = batchersOf(new OutcomeRoom(10, 20), 2);
    const large = batchers[0]!.add(rows(50));
    const failed = expect(large).rejects.toThrow('the database is away');
    await expect(batchers[1]!.add(rows(1))).rejects.toMatchObject(overloaded);
    await turn();
    ends[0]!(new Error('the database is away'));
    await failed;
    const next = batchers[1]!.add(rows(1));
    await turn();
    ends[1]!();
    await expect(next).resolves.toEqual(['applied']);
  });
});
