/**
 * Runs the watches for changes that are this replica's. Each router is watched in one place at a time: the row of its
 * watch names the replica, every write to it is refused to anybody else, and one whose replica has lost its heartbeat
 * is taken over. Which of the living does that is settled by a hash, so that watches spread over the replicas and
 * nobody is asked.
 */
import { createHash } from 'node:crypto';

import { detectionOf, type Detection } from '../routing/changes/detection.js';
import { liveReplicas } from '../store/live-replicas.js';
import { importedStripe } from '../store/read-fold.js';
import { beginWatch, LostWatch, readWatch, takeOverWatch, watchOwners, type StoredWatch } from '../store/watches.js';
import type { Host, HostedRouter } from './hosted-router.js';
import type { Registry } from './registry.js';
import { RouterWatch, WatchAstray } from './router-watch.js';

/** How often replicas look for watches without an owner. */
const lookAroundMs = 5_000;
/** A watch that is begun late reads the log from its start where that is no longer than this, in transactions. */
const shortLog = 2_000;

export class ChangeWatcher {
  private readonly held = new Map<string, RouterWatch>();
  private owners = new Map<string, string>();
  private living: readonly string[] = [];
  private lookedAt = -Infinity;

  constructor(
    private readonly host: Host,
    private readonly registry: Registry,
    private readonly everyMs = lookAroundMs,
  ) {}

  /** Takes in what all routers learned since the last time. A watch that fails holds up no other. */
  async run(): Promise<void> {
    const due = this.registry.all().filter((router) => this.held.get(idOf(router))?.isDue ?? isWatchable(router));
    if (this.held.size + due.length === 0) return;
    if (performance.now() - this.lookedAt >= this.everyMs) await this.lookAround();
    const failures: unknown[] = [];
    for (const router of due) await this.runOne(router).catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }

  /** Keeps where every watch stands. Another replica takes them over when this one's heartbeat has ended. */
  async close(): Promise<void> {
    const closed = await Promise.allSettled([...this.held.values()].map((watch) => watch.stop()));
    this.held.clear();
    for (const result of closed)
      if (result.status === 'rejected' && !(result.reason instanceof LostWatch)) throw result.reason;
  }

  private async lookAround(): Promise<void> {
    this.living = await liveReplicas(this.host.store);
    const owners = (await watchOwners(this.host.store)).filter(({ tenant }) => tenant === this.registry.tenant);
    this.owners = new Map(owners.map(({ router, owner }) => [router, owner]));
    for (const id of this.held.keys()) if (this.owners.get(id) !== this.host.lease.owner) this.held.delete(id);
    this.lookedAt = performance.now();
  }

  private async runOne(router: HostedRouter): Promise<void> {
    const id = idOf(router);
    const detection = detectionOf(router.record.spec);
    if (!detection) return this.release(id);
    const watch = this.held.get(id) ?? (await this.claim(router, detection));
    if (!watch) return;
    try {
      await watch.step(detection);
    } catch (error) {
      if (error instanceof WatchAstray || error instanceof LostWatch) this.held.delete(id);
      if (!(error instanceof LostWatch)) throw error;
    }
  }

  private async release(id: string): Promise<void> {
    const watch = this.held.get(id);
    this.held.delete(id);
    await watch?.stop();
  }

  private async claim(router: HostedRouter, detection: Detection): Promise<RouterWatch | undefined> {
    const stored = await this.claimStored(router);
    if (!stored) return undefined;
    const id = idOf(router);
    this.owners.set(id, this.host.lease.owner);
    const watch = new RouterWatch(this.host, router, detection, stored);
    this.held.set(id, watch);
    return watch;
  }

  private async claimStored(router: HostedRouter): Promise<StoredWatch | undefined> {
    const { store, lease, clock } = this.host;
    const { owner: self } = lease;
    const { record } = router;
    const owner = this.owners.get(record.router);
    if (owner === self) return this.own(await readWatch(store, record));
    if ((owner !== undefined && this.living.includes(owner)) || !this.isElected(record.router)) return undefined;
    const now = new Date(clock());
    const claimed =
      owner === undefined
        ? await beginWatch(store, record, self, beginning(router), now)
        : await takeOverWatch(store, record, self, owner, now);
    // Somebody was quicker: see who it is before anything else is tried.
    if (!claimed) this.lookedAt = -Infinity;
    return claimed;
  }

  private own(stored: StoredWatch | undefined): StoredWatch | undefined {
    return stored?.owner === this.host.lease.owner ? stored : undefined;
  }

  /** Rendezvous hashing: of the living, the one whose hash with the router is greatest. */
  private isElected(router: string): boolean {
    const weight = (owner: string) => createHash('sha256').update(`${owner}\n${router}`).digest('hex');
    const own = weight(this.host.lease.owner);
    return this.living.includes(this.host.lease.owner) && this.living.every((owner) => weight(owner) <= own);
  }
}

const idOf = ({ record }: HostedRouter): string => record.router;

/** Watches of routers that have learned nothing would only be rows. */
const isWatchable = ({ record, live }: HostedRouter): boolean =>
  Object.keys(live.versions).some((stripe) => Number(stripe) !== importedStripe) &&
  detectionOf(record.spec) !== undefined;

/** Where a watch begins: with all outcomes, or after those of before where they are many. */
function beginning({ live: { versions } }: HostedRouter): StoredWatch['position'] {
  const length = Object.entries(versions)
    .filter(([stripe]) => Number(stripe) !== importedStripe)
    .reduce((sum, [, version]) => sum + version, 0);
  return length <= shortLog ? {} : versions;
}
