/** A log of days long past, and the reading of what is exported of it. */
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';

import { applyOutcomes } from '../../src/store/apply-outcomes.js';
import { createRouter } from '../../src/store/create-router.js';
import { insertDecisions } from '../../src/store/insert-decisions.js';
import { dayMs, startOfDay } from '../../src/store/partitions.js';
import type { RouterKey, Store } from '../../src/store/store.js';
import { decision, decisionId, outcome, targetOf } from './outcomes.js';

/** The start of the day so many days ago. */
export const daysAgo = (days: number): Date => startOfDay(new Date(Date.now() - days * dayMs));

export interface PastDay {
  readonly day: Date;
  readonly decisions: number;
}

/** Makes a router with logged days; every other decision is reported, and the first one corrected. */
export async function logPastDays(store: Store, key: RouterKey, days: readonly PastDay[]): Promise<void> {
  const spec = { id: key.router, arms: [{ id: 'small' }, { id: 'large' }], features: [], objective: { accuracy: 1 } };
  const made = new Date(Math.min(...days.map(({ day }) => day.getTime())));
  await createRouter(store, { tenant: key.tenant, spec, profiles: [] }, made);
  let version = 0;
  for (const { day, decisions: count } of days) {
    const ids = Array.from({ length: count }, (_, i) => decisionId(new Date(day.getTime() + (i % dayMs))));
    const now = new Date(day.getTime() + dayMs / 2);
    for (let i = 0; i < count; i += 1_000)
      await insertDecisions(
        store,
        ids.slice(i, i + 1_000).map((id) => decision(key.router, { id })),
        now,
      );
    const rows = ids.flatMap((id, i) => (i % 2 === 0 ? [outcome(key.router, { decisionId: id, arm: 'large' })] : []));
    const corrected = { ...rows[0], value: 0.25, correction: true };
    for (const batch of [rows, [corrected]]) {
      const stripe = { ...key, stripe: 1, version };
      ({ version } = await applyOutcomes(store, { stripe, owner: 'test', rows: batch, targetOf, receivedAt: now }));
    }
  }
}

export const readParquet = async (path: string): Promise<Record<string, unknown>[]> =>
  parquetReadObjects({ file: await asyncBufferFromFile(path) });
