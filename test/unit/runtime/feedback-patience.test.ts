import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { OutcomeRow, OutcomeStatus } from '../../../src/routing/outcome.js';
import { buildRouter } from '../../../src/routing/router.js';
import { FeedbackBatcher } from '../../../src/runtime/feedback-batcher.js';
import { FeedbackDesk, feedbackPatienceMs, type FeedbackTaker } from '../../../src/runtime/feedback-desk.js';
import { OutcomeRoom } from '../../../src/runtime/outcome-room.js';
import { decisionId } from '../../support/outcomes.js';

const unavailable = { code: 'database-unavailable', retryAfterSeconds: 1 };
const forever = new Promise<never>(() => undefined);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a caller with feedback, while the database gives no answer', () => {
  const router = buildRouter({
    tenant: 't',
    spec: { id: 'r', arms: [{ id: 'a' }], features: [], objective: { accuracy: 1 } },
    revision: 1,
    profiles: [],
    encoders: new Map(),
    secret: new Uint8Array(16),
  });
  const target = () => ({
    tenant: 't',
    router: 'r',
    decisionId: decisionId(new Date(Date.now())),
    arm: 'a',
    propensity: 1,
    schema: router.schema,
    epoch: 0,
    features: Int16Array.of(4096),
  });
  const deskOf = (taker: FeedbackTaker, lookUp = () => Promise.resolve(target())) =>
    new FeedbackDesk({
      verify: target,
      lookUp,
      find: () => taker,
      stored: () => Promise.resolve([]),
      tenant: 't',
      clock: Date.now,
      onResult: () => undefined,
    });

  it('is told to send it again, when the commit takes too long', async () => {
    const desk = deskOf({ router, add: () => forever });
    const refused = expect(desk.take([{ feedback_token: 'token', metrics: { accuracy: 1 } }])).rejects.toMatchObject(
      unavailable,
    );
    await vi.advanceTimersByTimeAsync(feedbackPatienceMs);
    await refused;
  });

  it('is told to send it again, when the look-up of the decision takes too long', async () => {
    const desk = deskOf({ router, add: () => Promise.resolve(['applied']) }, () => forever);
    const refused = expect(desk.take([{ decision_id: decisionId(), metrics: { accuracy: 1 } }])).rejects.toMatchObject(
      unavailable,
    );
    await vi.advanceTimersByTimeAsync(feedbackPatienceMs);
    await refused;
  });

  it('leaves no timer behind when it is answered in time', async () => {
    const desk = deskOf({ router, add: () => Promise.resolve(['applied']) });
    await expect(desk.take([{ feedback_token: 'token', metrics: { accuracy: 1 } }])).resolves.toMatchObject([
      { status: 'applied' },
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('rows that waited for a transaction longer than their sender did', () => {
  const rows = [{ metric: 'accuracy' }] as OutcomeRow[];

  it('are not stored any more, and those that came later are', async () => {
    const applied: (readonly OutcomeRow[])[] = [];
    let finish = (): void => undefined;
    const first = new Promise<void>((resolve) => (finish = resolve));
    const batcher = new FeedbackBatcher<OutcomeStatus>({
      apply: async (batch) => {
        applied.push(batch);
        if (applied.length === 1) await first;
        return batch.map(() => 'applied' as const);
      },
      room: new OutcomeRoom(100, 100),
      batchSize: 1,
      patienceMs: 1_000,
    });
    const stuck = batcher.add(rows);
    await vi.advanceTimersByTimeAsync(1);
    const tooOld = expect(batcher.add(rows)).rejects.toMatchObject(unavailable);
    await vi.advanceTimersByTimeAsync(1_500);
    const fresh = batcher.add(rows);
    finish();
    await expect(stuck).resolves.toEqual(['applied']);
    await tooOld;
    await expect(fresh).resolves.toEqual(['applied']);
    expect(applied).toHaveLength(2);
    expect(batcher.waiting).toBe(0);
  });
});
