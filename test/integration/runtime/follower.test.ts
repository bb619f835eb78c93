/** A replica that follows another, whose outcomes are put into the store directly. */
import { randomUUID } from 'node:crypto';

import { expect, it, vi } from 'vitest';

import type { Cell } from '../../../src/routing/statistics-table.js';
import { Follower } from '../../../src/runtime/follower.js';
import { Metrics } from '../../../src/runtime/metrics.js';
import { OutcomeRoom } from '../../../src/runtime/outcome-room.js';
import { Registry } from '../../../src/runtime/registry.js';
import { StripeLease } from '../../../src/runtime/stripe-lease.js';
import { applyOutcomes } from '../../../src/store/apply-outcomes.js';
import { createRouter } from '../../../src/store/create-router.js';
import { loadStatistics } from '../../../src/store/load-statistics.js';
import { refold } from '../../../src/store/refold.js';
import type { Store } from '../../../src/store/store.js';
import { onEveryStore } from '../../support/every-store.js';
import { outcome, targetOf } from '../../support/outcomes.js';
import { smallRouter } from '../../support/real-service.js';
import { record } from '../../support/statements/recording-store.js';

const patience = { timeout: 20_000, interval: 5 };
const tenant = 'default';
const bytesOf = (cells: readonly Cell[]) =>
  cells.map(({ key, statistics }) => [key, Buffer.from(statistics.toBytes()).toString('base64')]);

/** A replica that looks what the others did when it is told to. */
async function replicaOn(store: Store, routers: readonly string[]) {
  for (const id of routers) await createRouter(store, { tenant, spec: smallRouter(id), profiles: [] }, new Date());
  const lease = await StripeLease.claim(store);
  const host = { store, lease, clock: Date.now, metrics: new Metrics(), room: new OutcomeRoom(1_000, 1_000) };
  const registry = new Registry(host, tenant);
  const follower = new Follower(host, registry);
  await registry.load();
  const live = (id: string) => registry.find(id).live;
  const expectCaughtUp = async (id: string) => {
    const { cells, versions } = await loadStatistics(store, { tenant, router: id });
    await vi.waitFor(() => expect(live(id).versions).toEqual(versions), patience);
    expect(bytesOf(live(id).statistics)).toEqual(bytesOf(cells));
  };
  return { registry, follower, live, expectCaughtUp };
}

onEveryStore((store) => {
  const newRouters = (count: number) => Array.from({ length: count }, () => `router-${randomUUID()}`);
  const report = (router: string, version: number, rows = [outcome(router), outcome(router)], stripe = 7) =>
    applyOutcomes(store(), {
      ...{ stripe: { tenant, router, stripe, version }, owner: 'other', rows, targetOf, receivedAt: new Date() },
    });

  it('reads what is new of many routers in a handful of statements, and all of it', async () => {
    const recording = record(store());
    const routers = newRouters(60);
    const { follower, expectCaughtUp } = await replicaOn(recording.store, routers);
    // How many versions one statement may bring is found out from poll to poll.
    for (let version = 0; version < 6; version++) {
      for (const router of routers) await report(router, version);
      const before = recording.issued.length;
      await follower.follow();
      const statements = recording.issued.length - before;
      expect(statements).toBeLessThanOrEqual(version < 4 ? 20 : 5);
      for (const router of routers) await expectCaughtUp(router);
    }
  });

  it('asks for nothing but the digests while nothing changes, and then for one bucket of routers', async () => {
    const recording = record(store());
    const routers = newRouters(200);
    const { follower, expectCaughtUp } = await replicaOn(recording.store, routers);
    const issuedBy = async () => {
      const before = recording.issued.length;
      await follower.follow();
      return recording.issued.slice(before);
    };
    await vi.waitFor(async () => expect(await issuedBy()).toHaveLength(1), patience);
    expect(await issuedBy()).toHaveLength(1);
    for (const [version, router] of [routers[0], routers[0], routers[1]].entries()) {
      await report(router, version % 2);
      expect((await issuedBy()).length).toBeGreaterThan(1);
      await expectCaughtUp(router);
    }
    await vi.waitFor(async () => expect(await issuedBy()).toHaveLength(1), patience);
  });

  it('takes in a correction of what it had followed before', async () => {
    const [router] = newRouters(1);
    const { follower, expectCaughtUp } = await replicaOn(store(), [router]);
    const row = outcome(router);
    for (const [version, value] of [0.5, 0.25, 0.75].entries()) {
      await report(router, version, [{ ...row, value, correction: version > 0 }, outcome(router)]);
      if (version !== 1) await follower.follow();
    }
    await expectCaughtUp(router);
  });

  it('goes on with the others while one router is stuck, and counts nothing twice when that goes on', async () => {
    const [stuck, other] = newRouters(2);
    const { registry, follower, live, expectCaughtUp } = await replicaOn(store(), [stuck, other]);
    let release: () => void = () => undefined;
    void registry.find(stuck)['serial'].run(() => new Promise<void>((resolve) => (release = resolve)));
    for (let version = 0; version < 3; version++) {
      for (const router of [stuck, other]) await report(router, version);
      await follower.follow();
      await expectCaughtUp(other);
      expect(live(stuck).versions).toEqual({});
    }
    // What was read for it before it got stuck is met by what it reads itself meanwhile.
    const refreshed = registry.find(stuck).refresh();
    release();
    await refreshed;
    await expectCaughtUp(stuck);
    await follower.follow();
    await expectCaughtUp(stuck);
  });

  it('follows a long backlog in steps, each of which is whole', async () => {
    const [router] = newRouters(1);
    const { follower, live, expectCaughtUp } = await replicaOn(store(), [router]);
    for (let version = 0; version < 40; version++)
      await report(
        router,
        version,
        Array.from({ length: 100 }, () => outcome(router)),
      );
    const steps: { rows: number; version: number; sums: unknown }[] = [];
    const apply = live(router).follow.bind(live(router));
    live(router).follow = (changes, versions) => {
      apply(changes, versions);
      const sums = bytesOf(live(router).statistics);
      steps.push({ rows: [...changes].length, version: versions[7], sums });
    };
    await follower.follow();
    await expectCaughtUp(router);
    expect(steps.length).toBeGreaterThan(3);
    expect(Math.max(...steps.map(({ rows }) => rows))).toBeLessThanOrEqual(1_000);
    for (const { version, sums } of steps) {
      const { cells } = await refold(store(), { tenant, router }, { 7: version });
      expect(sums).toEqual(bytesOf(cells));
    }
  });
});
