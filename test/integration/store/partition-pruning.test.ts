/**
 * That what is looked up touches only the days it is about, however many there are: seen in the plans that Postgres makes
 * of the very statements that the store issues.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { sql } from 'kysely';

import { applyOutcomes } from '../../../src/store/apply-outcomes.js';
import { createRouter } from '../../../src/store/create-router.js';
import { insertDecisions } from '../../../src/store/insert-decisions.js';
import { migrate } from '../../../src/store/migrate.js';
import { newestWindow } from '../../../src/store/newest-window.js';
import { openStore } from '../../../src/store/open-store.js';
import { dayMs } from '../../../src/store/partitions.js';
import { listDecisions, readDecision } from '../../../src/store/read-decisions.js';
import { readOutcomes } from '../../../src/store/read-outcomes.js';
import type { Store } from '../../../src/store/store.js';
import { streamOutcomes } from '../../../src/store/stream-outcomes.js';
import { makeDatabase } from '../../support/every-store.js';
import { decision, decisionId, outcome, targetOf } from '../../support/outcomes.js';
import { record, type Issued, type Recording } from '../../support/statements/recording-store.js';
import { touchedPartitions } from '../../support/statements/touched-partitions.js';

const key = { tenant: 'default', router: 'pruned' };
const days = 12;
const noon = (day: number) => new Date(Date.UTC(2026, 2, 1 + day, 12));
const partition = (table: string, day: number) =>
  `${table}_${noon(day).toISOString().slice(0, 10).replaceAll('-', '')}`;
const rowsOfDay = 400;

let store: Store;
let recording: Recording;
/** One decision of each day. */
const ids: string[] = [];
beforeAll(async () => {
  store = await openStore({ databaseUrl: await makeDatabase() });
  await migrate(store);
  const spec = { id: key.router, arms: [], features: [], objective: {} };
  await createRouter(store, { tenant: key.tenant, spec, profiles: [] }, noon(0));
  for (let day = 0; day < days; day++) {
    const made = Array.from({ length: rowsOfDay }, () => decision(key.router, { id: decisionId(noon(day)) }));
    ids.push(made[0].id);
    await insertDecisions(store, made, noon(day));
    await apply(
      store,
      day,
      made.map(({ id }) => outcome(key.router, { decisionId: id })),
      noon(day),
    );
  }
  recording = record(store);
});
afterAll(() => store.close());

const apply = (over: Store, version: number, rows: ReturnType<typeof outcome>[], now = noon(days - 1)) =>
  applyOutcomes(over, {
    stripe: { ...key, stripe: 1, version },
    ...{ owner: 'test', rows, targetOf, receivedAt: now },
  });

/** The statements that an operation issues, which may be none of a transaction that is not rolled back. */
async function issuedBy(operation: (store: Store) => Promise<unknown>): Promise<readonly Issued[]> {
  const before = recording.issued.length;
  await operation(recording.store);
  return recording.issued.slice(before);
}

const touched = (issued: readonly Issued[]) => touchedPartitions(store, issued);

let version = days;

describe.each<[string, number, () => Promise<void>]>([
  ['as they are when nothing is known of them yet', 1, () => Promise.resolve()],
  ['when they have been analysed', 2, async () => void (await sql`analyze`.execute(store.db))],
])('with a dozen days, %s', (_, value, prepare) => {
  beforeAll(() => prepare());

  it('reads a decision from its day', async () => {
    const issued = await issuedBy((over) => readDecision(over, key, ids[3]));
    expect(await touched(issued)).toEqual([partition('decisions', 3)]);
  });

  it('reads the outcomes of decisions from their days', async () => {
    const issued = await issuedBy((over) => readOutcomes(over, key, [ids[2], ids[7]]));
    expect(await touched(issued)).toEqual([partition('feedback', 2), partition('feedback', 7)]);
  });

  it('meets a duplicate in its day, and compares it there', async () => {
    const again = outcome(key.router, { decisionId: ids[5] });
    const issued = await issuedBy((over) => apply(over, version, [again]));
    expect(issued.some(({ text }) => text.includes('insert into feedback'))).toBe(true);
    // Inserted rows are led to their partition without a scan: what is scanned is what is met.
    const reads = issued.filter(({ text }) => /^\s*select/.test(text));
    expect(reads).toHaveLength(1);
    expect(await touched(reads)).toEqual([partition('feedback', 5)]);
  });

  it('corrects an outcome in its day', async () => {
    const corrected = { ...outcome(key.router, { decisionId: ids[6] }), value: value / 8, correction: true };
    const issued = await issuedBy((over) => apply(over, version, [corrected]));
    version++;
    const changes = issued.filter(({ text }) => /^\s*update feedback/.test(text));
    expect(changes).toHaveLength(1);
    expect(await touched(changes)).toEqual([partition('feedback', 6)]);
  });

  it('reads a window of decisions from the days of the window', async () => {
    const window = { from: noon(4), to: new Date(noon(5).getTime() + dayMs / 4), limit: 1_000 };
    const issued = await issuedBy((over) => listDecisions(over, key, window));
    expect(await touched(issued)).toEqual([partition('decisions', 4), partition('decisions', 5)]);
    const next = await issuedBy((over) => listDecisions(over, key, { ...window, after: ids[5] }));
    expect(await touched(next)).toEqual([partition('decisions', 5)]);
  });

  it('finds the newest decisions of a window without reading the days before them', async () => {
    const window = { from: noon(0), to: noon(days) };
    const issued = await issuedBy((over) => newestWindow(over, key, window, rowsOfDay / 2));
    expect(await touched(issued)).toEqual([partition('decisions', days - 1)]);
  });

  it('reads a window of feedback from its days', async () => {
    const window = { from: noon(8), to: new Date(noon(8).getTime() + dayMs / 4), limit: 100 };
    const issued = await issuedBy(async (over) => {
      for await (const page of streamOutcomes(over, key, window)) expect(page.length).toBeLessThanOrEqual(100);
    });
    expect(issued.length).toBeGreaterThan(3);
    expect(await touched(issued)).toEqual([partition('feedback', 8)]);
  });
});
