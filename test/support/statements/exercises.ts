/** Uses of every operation of the store, so that each of its statements is issued at least once. */
import { vi } from 'vitest';

import { quantiseTarget } from '../../../policies/linear/target.js';
import { appendRevision } from '../../../src/store/append-revision.js';
import { applyOutcomes } from '../../../src/store/apply-outcomes.js';
import { listArtifacts, putArtifact, readArtifact } from '../../../src/store/artifacts.js';
import { readAllSpend, readSpend, saveSpend } from '../../../src/store/budget-spend.js';
import { catchUp } from '../../../src/store/catch-up.js';
import { changesOfMany } from '../../../src/store/changes-of-many.js';
import { claimStripe, keepStripe, releaseStripe } from '../../../src/store/claim-stripe.js';
import { createRouter } from '../../../src/store/create-router.js';
import { dropEpochs } from '../../../src/store/drop-epochs.js';
import { foldStripe, foldStripes } from '../../../src/store/fold-stripes.js';
import type { GuardedPool } from '../../../src/store/guarded-pool.js';
import { keepHouse } from '../../../src/store/housekeeping.js';
import { importStatistics } from '../../../src/store/import-statistics.js';
import { insertDecisions } from '../../../src/store/insert-decisions.js';
import { loadStatistics } from '../../../src/store/load-statistics.js';
import { maintain } from '../../../src/store/maintain.js';
import { migrate, pendingMigrations } from '../../../src/store/migrate.js';
import { newestWindow } from '../../../src/store/newest-window.js';
import { dayMs } from '../../../src/store/partitions.js';
import { readDecision, streamDecisions } from '../../../src/store/read-decisions.js';
import { readOutcomes } from '../../../src/store/read-outcomes.js';
import { listRouters, readRouter } from '../../../src/store/read-router.js';
import { liveReplicas } from '../../../src/store/live-replicas.js';
import { refold } from '../../../src/store/refold.js';
import { countRetractable, retract } from '../../../src/store/retract.js';
import {
  abandonedRetractions,
  claimRetraction,
  listRetractions,
  requestRetraction,
} from '../../../src/store/retractions.js';
import { routerDigests, routerVersions } from '../../../src/store/router-versions.js';
import { rotateSigningKey, signingKeys } from '../../../src/store/signing-keys.js';
import { statisticsAt } from '../../../src/store/statistics-at.js';
import type { RouterKey, Store } from '../../../src/store/store.js';
import { streamCorrections, streamOutcomes } from '../../../src/store/stream-outcomes.js';
import { stripeChanges } from '../../../src/store/stripe-changes.js';
import { doubtCommits } from '../doubtful-commits.js';
import { beginWatch, readWatch, saveWatch, takeOverWatch, watchOwners } from '../../../src/store/watches.js';
import { decision, decisionId, outcome } from '../outcomes.js';

const owner = 'test';
const now = new Date();
const presentWindow = { from: new Date(now.getTime() - dayMs), to: new Date(now.getTime() + dayMs) };

/** @param store empty: it is migrated first */
export async function exerciseStore(store: Store): Promise<void> {
  await pendingMigrations(store);
  await migrate(store);
  await pendingMigrations(store);
  await exerciseShared(store);
  // Two tenants with a router of the same name, and another router: nothing of one may touch the others.
  const keys = [
    { tenant: 'one', router: 'first' },
    { tenant: 'two', router: 'first' },
    { tenant: 'one', router: 'second' },
  ];
  for (const key of keys) await exerciseRouter(store, key);
  await insertDecisions(
    store,
    keys.map((key) => decision(key.router, { tenant: key.tenant })),
    now,
  );
  await exerciseAll(store);
}

async function exerciseShared(store: Store): Promise<void> {
  await maintain(store);
  const stripe = await claimStripe(store, owner);
  await keepStripe(store, stripe, owner);
  await releaseStripe(store, stripe, owner);
  await claimStripe(store, owner);
  await signingKeys(store, now);
  await rotateSigningKey(store, now);
  await exerciseHousekeeping(store);
}

async function exerciseHousekeeping(store: Store): Promise<void> {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    const pool = { rowsWritten: 0 };
    const housekeeping = keepHouse(store.db, pool as GuardedPool, store.logger);
    pool.rowsWritten += 1_000;
    vi.advanceTimersByTime(600_000);
    await housekeeping.stop();
  } finally {
    vi.useRealTimers();
  }
}

async function exerciseRouter(store: Store, key: RouterKey): Promise<void> {
  const spec = { id: key.router, arms: [], features: [], objective: {} };
  await createRouter(store, { tenant: key.tenant, spec, profiles: [] }, now);
  await appendRevision(store, key, { expected: 1, spec, profiles: [], changes: [] }, now);
  await readRouter(store, key, 1);
  await putArtifact(store, key, { hash: 'hash', kind: 'kind', bytes: Buffer.from('bytes') }, now);
  await readArtifact(store, key, 'hash');
  await listArtifacts(store, key);
  const account = { budget: 'cost', owner, save: 1, requests: 1, spent: 2, state: {} };
  await saveSpend(store.db, key, 1, account, now);
  await readSpend(store, key);
  await exerciseWatch(store, key);
  await exerciseDecisions(store, key);
  await exerciseOutcomes(store, key);
  await dropEpochs(store, key, { schema: 'none', before: 0 });
}

async function exerciseWatch(store: Store, key: RouterKey): Promise<void> {
  const watch = await beginWatch(store, key, owner, {}, now);
  await saveWatch(store.db, key, watch!, now);
  await takeOverWatch(store, key, 'another', owner, now);
  await readWatch(store, key);
}

async function exerciseDecisions(store: Store, key: RouterKey): Promise<void> {
  const logged = [0, 1, 2].map(() => decision(key.router, { tenant: key.tenant }));
  const early = decision(key.router, { tenant: key.tenant, id: decisionId(new Date(now.getTime() + 20 * dayMs)) });
  await insertDecisions(store, [...logged, early], now);
  await readDecision(store, key, logged[0].id);
  for await (const page of streamDecisions(store, key, { ...presentWindow, limit: 2 })) void page;
  await newestWindow(store, key, presentWindow, 2);
}

async function exerciseOutcomes(store: Store, key: RouterKey): Promise<void> {
  const given = { tenant: key.tenant };
  const rows = [0, 1, 2].map(() => outcome(key.router, given));
  const apply = (stripe: number, version: number, outcomes: typeof rows) =>
    applyOutcomes(store, {
      stripe: { ...key, stripe, version },
      owner,
      rows: outcomes,
      targetOf: (row) => quantiseTarget(row.value, 8),
      receivedAt: now,
    });
  await apply(1, 0, rows);
  // Met again, corrected where it lies, and corrected from another replica.
  await apply(1, 1, [rows[0], { ...rows[1], value: 1, correction: true }, outcome(key.router, given)]);
  await apply(2, 0, [{ ...rows[2], value: 2, correction: true }, outcome(key.router, given)]);
  await exerciseDoubt(() => apply(2, 1, [outcome(key.router, given)]));
  await exerciseDoubt(() => apply(4, 0, [{ ...rows[0], value: 3, correction: true }]));
  for (const stream of [streamOutcomes, streamCorrections])
    for await (const page of stream(store, key, { ...presentWindow, limit: 1 })) void page;
  await exerciseRetraction(store, key, apply);
  await readOutcomes(store, key, [rows[0].decisionId]);
  await catchUp(store, key, { versions: { 1: 1 }, logFloor: new Date(0) });
  for await (const page of stripeChanges(store, { ...key, stripe: 1, from: 1, to: 2 })) void page;
  await foldStripe(store, key, 1);
  const { cells } = await loadStatistics(store, key);
  await importStatistics(store, key, cells, owner, now);
  await refold(store, key);
  await statisticsAt(store, key, { versions: { 1: 1 }, decidedAt: now, windowMs: dayMs });
}

/** A commit whose answer is lost, so that the store has to find out whether it was made. */
async function exerciseDoubt(write: () => Promise<unknown>): Promise<void> {
  const doubt = doubtCommits('lost after');
  await write().finally(() => doubt.restore());
}

/** One source corrects another, is taken back, reports again, and is told that it was. */
async function exerciseRetraction(
  store: Store,
  key: RouterKey,
  apply: (stripe: number, version: number, rows: ReturnType<typeof outcome>[]) => Promise<unknown>,
): Promise<void> {
  const given = { tenant: key.tenant };
  const [corrected, alone] = [outcome(key.router, given), outcome(key.router, { ...given, source: 'bad' })];
  const wrong = { ...corrected, value: 1, source: 'bad', correction: true };
  await apply(3, 0, [corrected, alone, wrong]);
  const question = { source: 'bad', since: new Date(0), until: new Date(now.getTime() + dayMs) };
  await countRetractable(store, key, question);
  const request = { ...question, requestedBy: owner, reason: 'wrong' };
  const { retraction } = await requestRetraction(store, key, request, owner);
  await claimRetraction(store, key, retraction, owner);
  await retract(store, key, retraction, { worker: owner, pauseMs: 0 });
  const nothing = await requestRetraction(store, key, { ...request, source: 'nobody' }, owner);
  await retract(store, key, nothing.retraction, { worker: owner });
  await listRetractions(store, key);
  await apply(3, 3, [alone]);
}

/** What is done for all routers in one go. */
async function exerciseAll(store: Store): Promise<void> {
  await listRouters(store);
  await listRouters(store, 'one');
  await routerVersions(store, [...(await routerDigests(store)).keys()]);
  const range = { tenant: 'one', stripe: 1, from: 0, to: 2 };
  await changesOfMany(
    store,
    'one',
    ['first', 'second'].map((router) => ({ ...range, router })),
  );
  await liveReplicas(store);
  await readAllSpend(store);
  await watchOwners(store);
  await abandonedRetractions(store);
  await foldStripes(store, { stripe: 2 });
  await maintain(store, { now: new Date(now.getTime() + 60 * dayMs) });
}
