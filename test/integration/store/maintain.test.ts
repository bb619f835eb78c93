import { randomUUID } from 'node:crypto';

import { expect, it } from 'vitest';

import { applyOutcomes } from '../../../src/store/apply-outcomes.js';
import { catchUp } from '../../../src/store/catch-up.js';
import { createRouter } from '../../../src/store/create-router.js';
import { insertDecisions } from '../../../src/store/insert-decisions.js';
import { loadStatistics } from '../../../src/store/load-statistics.js';
import { maintain } from '../../../src/store/maintain.js';
import { dayMs, daysOf, dropDays, startOfDay } from '../../../src/store/partitions.js';
import { listDecisions } from '../../../src/store/read-decisions.js';
import { readOutcomes } from '../../../src/store/read-outcomes.js';
import { refold } from '../../../src/store/refold.js';
import { statisticsAt } from '../../../src/store/statistics-at.js';
import { onEveryStore } from '../../support/every-store.js';
import { decision, decisionId, outcome, targetOf } from '../../support/outcomes.js';

const windowMs = 7 * dayMs;

// The tests of a store follow one another in time, so that none drops the days of another.
onEveryStore((store) => {
  const start = startOfDay(new Date()).getTime();
  const day = (offset: number) => new Date(start + offset * dayMs);
  const noon = (offset: number) => new Date(start + (offset + 0.5) * dayMs);
  const newKey = () => ({ tenant: 'default', router: `router-${randomUUID()}` });
  const report = (key: { router: string }, version: number, decidedAt: Date, receivedAt: Date, given = {}) =>
    applyOutcomes(store(), {
      stripe: { tenant: 'default', router: key.router, stripe: 1, version },
      owner: 'test',
      rows: [outcome(key.router, { decisionId: decisionId(decidedAt), ...given })],
      targetOf,
      receivedAt,
    });

  it('has made the days from yesterday to three days ahead, and makes the following ones as time goes by', async () => {
    expect(await daysOf(store().db, 'feedback')).toEqual([-1, 0, 1, 2, 3].map(day));
    expect(await maintain(store(), { now: noon(1) })).toEqual({ made: [day(4)], dropped: [], folded: 0 });
    expect(await maintain(store(), { now: noon(1) })).toEqual({ made: [], dropped: [], folded: 0 });
    expect(await daysOf(store().db, 'decisions')).toEqual([-1, 0, 1, 2, 3, 4].map(day));
  });

  it('makes the day of an older decision when its outcome comes', async () => {
    const key = newKey();
    expect((await report(key, 0, noon(-6), noon(0))).statuses).toEqual(['applied']);
    expect(await daysOf(store().db, 'feedback')).toContainEqual(day(-6));
  });

  it('refuses an outcome of a decision that lies in the future, and stores the others of the batch', async () => {
    const key = newKey();
    const rows = [decisionId(noon(0)), decisionId(noon(30))].map((id) => outcome(key.router, { decisionId: id }));
    const stripe = { ...key, stripe: 1, version: 0 };
    const stored = await applyOutcomes(store(), { stripe, owner: 'test', rows, targetOf, receivedAt: noon(0) });
    expect(stored).toMatchObject({ statuses: ['applied', 'early'], added: [rows[0]], version: 1 });
  });

  it('drops days past their retention, keeps what was learned, and never counts an old outcome again', async () => {
    const key = newKey();
    const old = decision(key.router, { id: decisionId(noon(-6)) });
    const id = { decisionId: old.id };
    await insertDecisions(store(), [old], noon(0));
    await report(key, 0, noon(-6), noon(0), id);
    await report(key, 1, noon(0), noon(0));
    const before = await loadStatistics(store(), key);

    const { dropped } = await maintain(store(), { now: noon(4), retentionMs: 9 * dayMs });
    expect(dropped).toEqual([day(-6)]);
    const week = { from: day(-7), to: day(7) };
    expect(await listDecisions(store(), key, week)).toEqual([]);
    expect(await readOutcomes(store(), key, [old.id])).toEqual([]);

    const after = await loadStatistics(store(), key);
    expect(after.cells).toEqual(before.cells);
    expect(await report(key, 2, noon(-6), noon(0), id)).toMatchObject({ statuses: ['late'], added: [], version: 2 });
    const [refused] = await insertDecisions(store(), [old], noon(4));
    expect(refused.reason).toContain('too late');
    expect((await loadStatistics(store(), key)).cells).toEqual(before.cells);
    expect(await refold(store(), key)).toMatchObject({ complete: false });
  });

  it('makes a replica that was away while days were dropped load everything anew', async () => {
    const key = newKey();
    await report(key, 0, noon(0), noon(4));
    const known = { versions: {}, logFloor: new Date(0) };
    expect(await catchUp(store(), key, known)).toMatchObject({ versions: { 1: 1 } });
    await maintain(store(), { now: noon(10), retentionMs: 9 * dayMs });
    expect(await catchUp(store(), key, known)).toBeUndefined();
  });

  it('finds the statistics of a past decision as long as the log since then is there', async () => {
    const key = newKey();
    await report(key, 0, noon(9), noon(9));
    await report(key, 1, noon(10), noon(10));
    await maintain(store(), { now: noon(19), retentionMs: 9 * dayMs });
    const versions = { 1: 1 };
    const [cell] = await statisticsAt(store(), key, { versions, decidedAt: noon(17), windowMs });
    expect(cell.statistics.count).toBe(1);
    const tooOld = statisticsAt(store(), key, { versions, decidedAt: noon(11), windowMs });
    await expect(tooOld).rejects.toMatchObject({ code: 'not-explainable' });
  });

  it('keeps the log for longer than any router takes outcomes', async () => {
    const id = newKey().router;
    const spec = { id, arms: [], features: [], objective: {}, feedback_window: '20d' };
    await createRouter(store(), { tenant: 'default', spec, profiles: [] }, noon(19));
    expect(await maintain(store(), { now: noon(30), retentionMs: dayMs })).toMatchObject({ dropped: [] });
    expect((await maintain(store(), { now: noon(33), retentionMs: dayMs })).dropped).toContainEqual(day(10));
  });

  it('drops no outcome that is not in the folded sums', async () => {
    const key = newKey();
    await report(key, 0, noon(33), noon(33));
    await expect(dropDays(store().db, day(35))).rejects.toThrow(`router ${key.router} are not folded yet`);
    expect(await daysOf(store().db, 'feedback')).toContainEqual(day(33));
    await maintain(store(), { now: noon(70) });
    expect(await daysOf(store().db, 'feedback')).not.toContainEqual(day(33));
    expect((await loadStatistics(store(), key)).cells[0].statistics.count).toBe(1);
  });

  it('keeps the log of a router that asks for longer than there are dates, declared before durations were bounded', async () => {
    const { router, tenant } = newKey();
    const spec = { id: router, arms: [], features: [], objective: { accuracy: 1 }, feedback_window: '999999999d' };
    await createRouter(store(), { tenant, spec, profiles: [] }, noon(0));
    expect(await maintain(store(), { now: day(60) })).toMatchObject({ dropped: [], folded: 0 });
  });
});
