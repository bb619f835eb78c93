/** The routers of this replica, as the store declares them: opened at start, followed as other replicas change them. */
import { Problem } from '../routing/problem.js';
import type { ProfileRow } from '../routing/profile.js';
import { assertBelievable } from '../routing/first-view.js';
import { learnedProfile, mergeProfiles } from '../routing/reseed.js';
import { buildRouter, type RouterParts } from '../routing/router.js';
import { assertRouterName } from '../routing/router-name.js';
import type { RouterSpec } from '../routing/spec.js';
import { StatisticsTable } from '../routing/statistics-table.js';
import { appendRevision } from '../store/append-revision.js';
import { readAllSpend } from '../store/budget-spend.js';
import { createRouter } from '../store/create-router.js';
import { liveReplicas } from '../store/live-replicas.js';
import { listRouters, readRouter } from '../store/read-router.js';
import type { RouterRecord } from '../store/router-record.js';
import type { RouterKey } from '../store/store.js';
import { HostedRouter, type Host } from './hosted-router.js';
import { partsOf } from './router-parts.js';

/** What a change makes of a router; what it leaves out stays. */
export interface RouterChange {
  readonly spec?: RouterSpec;
  readonly profiles?: readonly ProfileRow[];
}

interface LeftOut {
  readonly revision: number;
  readonly problem: Problem;
}

/** Attempts at a change that others keep being quicker than. */
const mostRevisions = 10;

export class Registry {
  private readonly routers = new Map<string, HostedRouter>();
  private readonly opening = new Map<string, Promise<HostedRouter>>();
  private readonly unopened = new Map<string, LeftOut>();

  constructor(
    private readonly host: Host,
    readonly tenant: string,
  ) {}

  async load(): Promise<void> {
    for (const record of await listRouters(this.host.store, this.tenant)) await this.openIfPossible(record);
  }

  /** Routers that are stored and cannot be opened: why, and at which revision, by name. */
  get leftOut(): ReadonlyMap<string, LeftOut> {
    return this.unopened;
  }

  all(): HostedRouter[] {
    return [...this.routers.values()];
  }

  has(id: string): boolean {
    return this.routers.has(id);
  }

  /** @throws Problem 'unknown-router', or 'invalid-router' for one that is left out */
  find(id: string): HostedRouter {
    const router = this.routers.get(id);
    if (router) return router;
    const leftOut = this.unopened.get(id);
    if (leftOut) throw leftOut.problem;
    const known = [...this.routers.keys()].slice(0, 20).join(', ');
    throw new Problem(
      'unknown-router',
      `expected the name of a router (${known || 'there are none yet'}), got "${id}"`,
    );
  }

  /** As `find`, and asks the store for one that another replica may just have made. */
  async lookFor(id: string): Promise<HostedRouter> {
    if (this.routers.has(id) || this.unopened.has(id)) return this.find(id);
    return this.open(await readRouter(this.host.store, { tenant: this.tenant, router: id }));
  }

  /** @throws Problem 'router-exists' | 'invalid-router' */
  async create(spec: RouterSpec, profiles: readonly ProfileRow[] = []): Promise<HostedRouter> {
    assertRouterName(spec.id);
    const parts = { tenant: this.tenant, spec, revision: 1, profiles, encoders: new Map(), secret: new Uint8Array(16) };
    assertBelievable(buildRouter(parts), new StatisticsTable(), this.host.clock());
    const record = await createRouter(this.host.store, { tenant: this.tenant, spec, profiles }, this.now());
    return this.open(record);
  }

  /**
   * Makes the next revision of a router.
   * @param change what to make of its present record; may throw Problems
   * @param revision the revision that the caller saw, if it says so: then only detected changes may have come since;
   *   otherwise a change that somebody else was quicker than is made again from theirs
   * @throws Problem 'revision-conflict' | 'invalid-router'
   */
  async revise(id: string, change: (record: RouterRecord) => RouterChange, revision?: number): Promise<HostedRouter> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.reviseOnce(id, change, revision);
      } catch (error) {
        const lost = error instanceof Problem && error.code === 'revision-conflict';
        if (!lost || attempt === mostRevisions) throw error;
        if (revision !== undefined && !(await this.isDeclaredAsAt(id, revision))) throw error;
      }
    }
  }

  private async reviseOnce(
    id: string,
    change: (record: RouterRecord) => RouterChange,
    revision: number | undefined,
  ): Promise<HostedRouter> {
    const router = this.find(id);
    const { store } = this.host;
    // The caller may have seen on another replica what this one has not heard of yet.
    if (revision !== undefined && revision > router.record.revision)
      await router.replace(await readRouter(store, router.record));
    const before = router.record;
    const { spec = before.spec, profiles = before.profiles } = change(before);
    const parts = await partsOf(store, { ...before, spec, profiles, revision: before.revision + 1 });
    const seeded = this.seeded(router, parts);
    router.live.assertReplaceable({ ...parts, profiles: seeded });
    const unseen = revision !== undefined && !(await this.isDeclaredAsAt(id, revision));
    const expected = unseen ? revision : before.revision;
    const next = { expected, spec, profiles: seeded, changes: before.changes };
    const record = await appendRevision(store, before, next, this.now()).catch(async (error: unknown) => {
      // Whoever reads the router again is to see what it was changed to.
      if (error instanceof Problem && error.code === 'revision-conflict')
        await router.replace(await readRouter(store, before));
      throw error;
    });
    await router.replace(record, { ...parts, profiles: record.profiles });
    return router;
  }

  /**
   * Whether a router is declared as it was at an earlier revision. Changes that the service detects make revisions too;
   * whoever changes a declaration from the one that they saw has lost nothing by those.
   */
  private async isDeclaredAsAt(id: string, revision: number): Promise<boolean> {
    const { record } = this.find(id);
    if (revision === record.revision) return true;
    if (revision < 1 || revision > record.revision) return false;
    const then = await readRouter(this.host.store, record, revision);
    const declared = ({ spec, profiles }: RouterRecord) => JSON.stringify([spec, profiles]);
    return declared(then) === declared(record);
  }

  /** The router, if it is here at that revision or a newer one. */
  known(id: string, revision: number): HostedRouter | undefined {
    const router = this.routers.get(id);
    return router && router.record.revision >= revision ? router : undefined;
  }

  /** Opens a router that another replica made, and takes over its newest revision; undefined where it is left out. */
  async follow(found: RouterKey & { readonly revision: number }): Promise<HostedRouter | undefined> {
    const leftOut = this.unopened.get(found.router);
    // What could not be opened cannot be opened now: only another revision mends it.
    if (leftOut && leftOut.revision >= found.revision) return undefined;
    const record = await readRouter(this.host.store, found);
    const router = await this.openIfPossible(record);
    await router?.replace(record);
    return router;
  }

  /**
   * Lets the replicas keep their budgets together. Nothing is read where no router has any, or nobody else is there;
   * and nothing is told while this replica is taken for dead, for its row may be another's.
   * @throws what the first router failed with
   */
  async exchangeBudgets(): Promise<void> {
    const { store, lease } = this.host;
    const { owner } = lease;
    const routers = this.all().filter((router) => router.hasBudgets);
    if (routers.length === 0) return;
    const living = await liveReplicas(store);
    if (!living.includes(owner)) return;
    const rows = living.some((other) => other !== owner) ? await readAllSpend(store) : [];
    const own = rowsByRouter(rows.filter(({ tenant }) => tenant === this.tenant));
    const failures: unknown[] = [];
    for (const router of routers) {
      await router
        .exchangeBudgets(own.get(router.record.router) ?? [], living)
        .catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }

  /** One router whose declaration or sums cannot be reckoned with is left out, and the others are served. */
  private async openIfPossible(record: RouterRecord): Promise<HostedRouter | undefined> {
    const { router: id, revision } = record;
    try {
      const router = await this.open(record);
      this.unopened.delete(id);
      return router;
    } catch (error) {
      const isOwnFault = error instanceof RangeError || (error instanceof Problem && error.code.startsWith('invalid-'));
      if (!isOwnFault) throw error;
      const detail = `router "${id}" cannot be opened at revision ${revision} as it is stored, and is left out: ${error.message}`;
      this.unopened.set(id, { revision, problem: new Problem('invalid-router', detail) });
      return undefined;
    }
  }

  /** One router is opened once, though whoever made it here and whoever follows the store may ask at the same time. */
  private open(record: RouterRecord): Promise<HostedRouter> {
    const id = record.router;
    const known = this.routers.get(id);
    if (known) return Promise.resolve(known);
    const opening = this.opening.get(id) ?? HostedRouter.open(this.host, record);
    this.opening.set(id, opening);
    return opening
      .then((router) => {
        this.routers.set(id, router);
        return router;
      })
      .finally(() => this.opening.delete(id));
  }

  /** New statistics start from what the old ones had learned. */
  private seeded({ live }: HostedRouter, parts: RouterParts): readonly ProfileRow[] {
    if (buildRouter(parts).schema === live.router.schema) return parts.profiles;
    return mergeProfiles(parts.profiles, learnedProfile(live.view, this.now().toISOString().slice(0, 10)));
  }

  private now(): Date {
    return new Date(this.host.clock());
  }
}

function rowsByRouter<Row extends RouterKey>(rows: readonly Row[]): Map<string, Row[]> {
  const found = new Map<string, Row[]>();
  for (const row of rows) {
    const known = found.get(row.router);
    if (known) known.push(row);
    else found.set(row.router, [row]);
  }
  return found;
}
