/**
 * Follows what other replicas did to the routers. A poll asks in which buckets of routers anything changed, for the
 * versions of those, and reads what is new of the many that are a little behind together; each router takes its share in
 * by itself, and nobody waits for it. What needs more, a router that was made or declared anew or is far behind, is read
 * on its own.
 *
 * Until a batch of outcomes was known to the other of two replicas, 300 routers learning at once, three batches each; four
 * runs and three on two cores that did other work as well, the least and the most of them:
 *
 *                                             median         99 of 100       above 1 s
 *   each router with statements of its own    1.3 to 4.4 s   2.7 to 11.8 s   551 to 860 of 900
 *   read together                             0.3 to 0.4 s   0.7 to 0.9 s    0 to 8
 */
import { setImmediate } from 'node:timers/promises';

import { Problem } from '../routing/problem.js';
import { changesOfMany } from '../store/changes-of-many.js';
import type { Gap } from '../store/gaps.js';
import { logFloor } from '../store/partitions.js';
import { routerDigests, routerVersions, type RouterVersions } from '../store/router-versions.js';
import { firstVersions, nextWidth } from '../store/version-pages.js';
import { Gate } from './gate.js';
import type { Host, HostedRouter } from './hosted-router.js';
import type { Registry } from './registry.js';
import { UnderWay } from './under-way.js';

/** Routers read on their own at a time; of the four connections to the database, two stay with commits and the log. */
const readAtOnce = 2;
/** Following a router may take so long before the replica says so. */
const patienceMs = 5_000;
/** A stripe that has more new versions, of up to 500 rows each, is read on its own. */
const mostTogether = 8;
/** Rows that one statement should bring: taking them apart takes 5 to 10 µs each. */
const rowsWanted = 1_000;
/** However few rows the last versions had, the next may have 500 each. */
const mostVersions = 256;

/** A router that is a little behind. */
interface Behind {
  readonly router: HostedRouter;
  readonly found: RouterVersions;
  readonly gaps: readonly Gap[];
}

export class Follower {
  private readonly underWay = new UnderWay('following router', patienceMs);
  private readonly gate = new Gate(readAtOnce);
  private width = firstVersions;
  /** By bucket, the digest at which each of its routers was known to lack nothing. */
  private readonly settled = new Map<number, string>();

  constructor(
    private readonly host: Pick<Host, 'store'>,
    private readonly registry: Registry,
  ) {}

  /**
   * Asks the store what other replicas changed, and begins to take it in. A router that cannot be followed, or whose
   * commit waits for a lock, holds up no other.
   * @throws what following one failed with, or Error where one has not been followed for long
   */
  async follow(): Promise<void> {
    const asked = performance.now();
    const behind = await this.lookAll();
    while (behind.length > 0) await this.readTogether(behind.splice(0, this.fitting(behind)), asked);
    this.underWay.check();
  }

  /**
   * Looks at the routers of every bucket that is not as it was when all of them were last found to lack nothing. Its digest
   * is that of before they were read: whatever came between changes the next one.
   * @returns those that can be read together; what needs more is begun
   */
  private async lookAll(): Promise<Behind[]> {
    const digests = await routerDigests(this.host.store);
    const changed = [...digests.keys()].filter((bucket) => this.settled.get(bucket) !== digests.get(bucket));
    if (changed.length === 0) return [];
    const behind: Behind[] = [];
    for (const bucket of changed) this.settled.set(bucket, digests.get(bucket)!);
    for (const found of await this.versionsOf(changed)) {
      if (found.tenant !== this.registry.tenant) continue;
      const one = this.look(found);
      if (one === 'settled') continue;
      this.settled.delete(found.bucket);
      if (one !== 'under way') behind.push(one);
    }
    return behind;
  }

  private versionsOf(wanted: readonly number[]): Promise<RouterVersions[]> {
    return routerVersions(this.host.store, wanted).catch((error: unknown) => {
      for (const bucket of wanted) this.settled.delete(bucket);
      throw error;
    });
  }

  /** @returns a router that can be read together with others; what needs more is begun */
  private look(found: RouterVersions): Behind | 'settled' | 'under way' {
    if (this.underWay.has(found.router)) return 'under way';
    const router = this.registry.known(found.router, found.revision);
    const gaps = router?.gaps(found);
    if (!router || !gaps || gaps.some(({ from, to }) => to - from > mostTogether)) {
      this.underWay.begin(found.router, () => this.followAlone(found));
      return 'under way';
    }
    if (gaps.length > 0) return { router, found, gaps };
    this.underWay.forgive(found.router);
    // While it commits, its own stripe was not looked at.
    return router.isBusy ? 'under way' : 'settled';
  }

  private async followAlone(found: RouterVersions): Promise<void> {
    const known = this.registry.known(found.router, found.revision);
    const router = known ?? (await this.gate.through(() => this.registry.follow(found)));
    if (router && router.gaps(found)?.length !== 0) await router.refresh(this.gate);
  }

  /** How many of the next routers a statement is to read: one at least. */
  private fitting(behind: readonly Behind[]): number {
    let versions = 0;
    const beyond = behind.findIndex(({ gaps }) => (versions += versionsOf(gaps)) > this.width);
    return beyond < 0 ? behind.length : Math.max(1, beyond);
  }

  private async readTogether(behind: readonly Behind[], asked: number): Promise<void> {
    const { store } = this.host;
    const gaps = behind.flatMap((one) => one.gaps);
    const changes = await changesOfMany(store, this.registry.tenant, gaps).catch((error: unknown) => {
      // A row that cannot be read is its router's fault, and holds up no other.
      if (error instanceof Problem) throw error;
    });
    if (!changes) {
      for (const { found } of behind) this.underWay.begin(found.router, () => this.followAlone(found));
      return;
    }
    this.adapt(
      versionsOf(gaps),
      changes.reduce((sum, { length }) => sum + length, 0),
    );
    const floor = await logFloor(store.db);
    const news = new Map(gaps.map((gap, i) => [gap, { gap, changes: changes[i] }]));
    for (const { router, found, gaps: own } of behind) {
      // What was dropped while this was read is missing from it; the next poll sees that.
      if (floor > found.logFloor) continue;
      // Each forms its view in a turn of its own.
      await setImmediate();
      const share = { found, news: own.map((gap) => news.get(gap)!), asked };
      this.underWay.begin(found.router, () => router.takeIn(share));
    }
  }

  private adapt(versions: number, rows: number): void {
    const next = nextWidth(this.width, rows, rowsWanted);
    // Few rows of few versions say nothing of more.
    if (next < this.width || versions > this.width / 2) this.width = Math.min(next, mostVersions);
  }
}

const versionsOf = (gaps: readonly Gap[]): number => gaps.reduce((sum, { from, to }) => sum + to - from, 0);
