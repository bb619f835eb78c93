/** What a replica does over and over: one list of names and pauses, run with their failures noted. */
import { foldStripes } from '../store/fold-stripes.js';
import { liveReplicas } from '../store/live-replicas.js';
import type { ChangeWatcher } from './change-watcher.js';
import { Follower } from './follower.js';
import type { Host } from './hosted-router.js';
import { keepAllInOrder } from './keep-in-order.js';
import type { KeyKeeper } from './key-keeper.js';
import type { Registry } from './registry.js';
import { repeat, type Repeated } from './repeat.js';
import type { Retractions } from './retractions.js';
import type { RuntimeLogger } from './runtime-logger.js';
import { TaskHealth } from './task-health.js';

export interface BackgroundParts {
  readonly host: Host;
  readonly registry: Registry;
  readonly keys: KeyKeeper;
  readonly changes: ChangeWatcher;
  readonly retractions: Retractions;
  readonly logger: RuntimeLogger;
  /** Pause between looks at what other replicas did. */
  readonly pollMs: number;
}

interface BackgroundTask {
  readonly name: string;
  /** Between the end of a run and the next. */
  readonly pauseMs: number;
  readonly run: () => Promise<unknown>;
}

/** Versions that a stripe may be ahead of its folded sums before they are folded. */
const mostBehind = 200;

export function backgroundTasks(parts: BackgroundParts): readonly BackgroundTask[] {
  const { host, registry, keys, changes, retractions, pollMs } = parts;
  const follower = new Follower(host, registry);
  return [
    { name: 'follow', pauseMs: pollMs, run: () => follower.follow() },
    { name: 'changes', pauseMs: pollMs, run: () => changes.run() },
    { name: 'budgets', pauseMs: 1_000, run: () => registry.exchangeBudgets() },
    { name: 'heartbeat', pauseMs: 5_000, run: () => beat(parts) },
    { name: 'keys', pauseMs: 5_000, run: () => keys.follow() },
    { name: 'retractions', pauseMs: 5_000, run: () => retractions.resume() },
    { name: 'fold', pauseMs: 60_000, run: () => fold(host) },
    { name: 'maintenance', pauseMs: 3_600_000, run: () => keepAllInOrder(host, registry) },
  ];
}

export class Background {
  private readonly health: TaskHealth;
  private readonly running: readonly Repeated[];

  constructor(parts: BackgroundParts) {
    const { tasks, lastRun } = parts.host.metrics;
    // Whoever follows asks the database most often.
    this.health = new TaskHealth('follow', parts.logger, (task, outcome) => {
      tasks.inc({ task, outcome });
      if (outcome === 'success') lastRun.set({ task }, Date.now() / 1000);
    });
    this.running = backgroundTasks(parts).map(({ name, pauseMs, run }) =>
      repeat(pauseMs, this.health.watched(name, run)),
    );
  }

  /** What fails at present, in words. */
  reasons(): string[] {
    return this.health.reasons();
  }

  /** Resolves when runs that are under way have ended; none follows. */
  async stop(): Promise<void> {
    this.health.end();
    await Promise.all(this.running.map((task) => task.stop()));
  }
}

async function beat({ host: { lease }, logger }: BackgroundParts): Promise<void> {
  const { stripe: lost } = lease;
  if (await lease.keep()) return;
  logger.warn({ lost, stripe: lease.stripe }, 'another replica took over the stripe of this one, which has a new one');
}

/** Its own stripe, and those of the dead if its name comes first among the living: one is enough. */
async function fold({ store, lease, metrics }: Host): Promise<void> {
  metrics.folded.inc(await foldStripes(store, { stripe: lease.stripe, behind: mostBehind }));
  const [first] = await liveReplicas(store);
  if (first === lease.owner) metrics.folded.inc(await foldStripes(store, { ownerless: true }));
}
