/**
 * The watch of one router, while it is this replica's: outcomes in the order in which they are learned, each once, are
 * held against what was believed before them; what that gives away is recorded as a fact that every replica follows.
 *
 * What the detectors remember is kept with the position in the log that it stands for, now and then and in the very
 * transaction that records a change. Whoever goes on from there reads the log since, so that a restart neither misses
 * an outcome nor counts one twice, and a change is recorded once.
 *
 * A change is the router's next revision. The declaration stays as it was, and so does the right of its owner to change
 * it from the revision that they saw (`registry.ts`).
 */
import type { Detection } from '../routing/changes/detection.js';
import { ChangeFinder, mostDetected } from '../routing/changes/finder.js';
import type { SavedLine } from '../routing/changes/watch.js';
import type { OutcomeRow } from '../routing/outcome.js';
import type { Change } from '../routing/spec.js';
import type { View } from '../routing/view.js';
import { Superseded, writeRevision } from '../store/append-revision.js';
import { readRouter } from '../store/read-router.js';
import { importedStripe } from '../store/read-fold.js';
import { stripeChanges } from '../store/stripe-changes.js';
import type { RouterRecord } from '../store/router-record.js';
import { saveWatch, type StoredWatch } from '../store/watches.js';
import type { Host, HostedRouter } from './hosted-router.js';
import { newOutcomes } from './outcome-feed.js';

/** What a watch has seen is kept after so many outcomes, or so long. */
const saveEveryOutcomes = 5_000;
const saveEveryMs = 10_000;
/**
 * Changes found meanwhile are recorded together, so that no storm of them becomes a revision each. Outcomes wait until
 * then; at 10,000 a second ten seconds of them were more than may wait, and reading them from the log made answers late.
 */
const recordEveryMs = 2_000;
const recordAttempts = 10;
/** Outcomes between two turns of the event loop: about half a millisecond at 64 features. */
const slice = 200;

/** The watch cannot tell what it has seen any more; it goes on from what was kept. */
export class WatchAstray extends Error {
  override readonly name = 'WatchAstray';
}

export class RouterWatch {
  private readonly finder: ChangeFinder;
  private position: StoredWatch['position'];
  /** What was believed before the outcomes that come next. */
  private view: View;
  private unsaved = 0;
  private savedAt = performance.now();
  private recordedAt = -Infinity;
  private toldFull = false;
  /** The declaration that it was last stepped under. */
  private declared: RouterRecord | undefined;

  constructor(
    private readonly host: Host,
    private readonly router: HostedRouter,
    detection: Detection,
    private stored: StoredWatch,
  ) {
    this.finder = new ChangeFinder(detection, savedLines(stored.state));
    this.position = stored.position;
    this.view = router.live.view;
    router.outcomes.skip();
  }

  /** Whether a step would do anything: most routers of many have learned nothing since the last one. */
  get isDue(): boolean {
    const { live, outcomes, record } = this.router;
    const isBehind = record !== this.declared || live.versions !== this.position || live.view !== this.view;
    return isBehind || outcomes.hasNews || this.unsaved > 0 || this.finder.waiting > 0;
  }

  /**
   * Takes in what was learned since the last time, and records what it gives away.
   * @throws WatchAstray | LostWatch when the watch must be taken up anew, Problem 'database-unavailable' to try again
   */
  async step(detection: Detection): Promise<void> {
    this.declared = this.router.record;
    this.finder.heed(detection);
    if (this.finder.waiting === 0) await this.look();
    const now = performance.now();
    if (this.finder.waiting > 0) {
      if (now - this.recordedAt >= recordEveryMs) await this.record();
    } else if (this.unsaved >= saveEveryOutcomes || (this.unsaved > 0 && now - this.savedAt >= saveEveryMs)) {
      await this.save();
    }
  }

  /** Keeps what the watch remembers; what was found and not recorded is found again from there. */
  async stop(): Promise<void> {
    if (this.unsaved > 0 && this.finder.waiting === 0) await this.save();
  }

  private async look(): Promise<void> {
    const { live, outcomes } = this.router;
    // No turn of the event loop between these: the versions are those that the rows lead to.
    const rows = outcomes.take();
    const { versions } = live;
    try {
      if (rows) await this.observe(rows);
      else for await (const page of this.log(versions)) await this.observe(page);
    } catch (error) {
      throw new WatchAstray('outcomes could not be read from the log', { cause: error });
    }
    this.position = versions;
    this.view = live.view;
  }

  /** What the log holds between the position and these versions. */
  private async *log(versions: StoredWatch['position']): AsyncGenerator<readonly OutcomeRow[]> {
    const { tenant, router } = this.router.record;
    for (const [name, to] of Object.entries(versions)) {
      const stripe = Number(name);
      const from = this.position[name] ?? 0;
      if (stripe === importedStripe || from >= to) continue;
      for await (const page of stripeChanges(this.host.store, { tenant, router, stripe, from, to })) {
        const rowsOf = (sign: 1 | -1) => page.filter((change) => change.sign === sign).map(({ row }) => row);
        yield newOutcomes(rowsOf(1), rowsOf(-1));
      }
    }
  }

  private async observe(rows: readonly OutcomeRow[]): Promise<void> {
    const now = this.host.clock();
    let count = 0;
    for (const row of this.finder.watched(rows)) {
      this.unsaved++;
      if (++count % slice === 0) await new Promise((resolve) => setImmediate(resolve));
      this.finder.observe(this.view, row, now);
    }
  }

  private async save(): Promise<void> {
    this.stored = await saveWatch(this.host.store.db, this.router.record, this.present(), this.now());
    this.saved();
  }

  private async record(): Promise<void> {
    const recorded = await this.write();
    this.recordedAt = performance.now();
    this.finder.clear();
    this.saved();
    await this.router.replace(await readRouter(this.host.store, this.router.record));
    this.view = this.router.live.view;
    const { router } = this.router.record;
    for (const change of recorded) {
      this.host.metrics.changes.inc({ router, arm: change.arm, metric: change.metric });
      this.host.store.logger.warn({ router, ...change }, 'an arm was found to have changed; this is recorded');
    }
  }

  /** Records what was found and keeps the watch, both or neither; again where the owner changed the router meanwhile. */
  private async write(): Promise<readonly Change[]> {
    const { store } = this.host;
    for (let attempt = 1; ; attempt++) {
      const record = await readRouter(store, this.router.record);
      const fresh = this.finder.fresh(record.spec, record.changes, this.now());
      const changes = [...record.changes, ...fresh];
      if (this.finder.isFull) this.tellFull();
      try {
        this.stored = await store.db.transaction().execute(async (transaction) => {
          const next = await saveWatch(transaction, record, this.present(), this.now());
          const { revision: expected, spec, profiles } = record;
          if (fresh.length > 0)
            await writeRevision(transaction, record, { expected, spec, profiles, changes }, this.now());
          return next;
        });
        return fresh;
      } catch (error) {
        if (!(error instanceof Superseded) || attempt === recordAttempts) throw error;
      }
    }
  }

  private tellFull(): void {
    if (this.toldFull) return;
    this.toldFull = true;
    const { router } = this.router.record;
    this.host.store.logger.warn(
      { router, detected: mostDetected },
      'no more changes are recorded; declare a half_life, so that old outcomes are forgotten by themselves',
    );
  }

  private present(): StoredWatch {
    const { schema, arms } = this.router.router;
    const lines = this.finder.saved().filter((line) => line.schema === schema && arms.includes(line.arm));
    return { ...this.stored, position: this.position, state: { lines } };
  }

  private saved(): void {
    this.unsaved = 0;
    this.savedAt = performance.now();
  }

  private now(): Date {
    return new Date(this.host.clock());
  }
}

function savedLines(state: unknown): readonly SavedLine[] {
  return (state as { readonly lines?: readonly SavedLine[] } | null)?.lines ?? [];
}
