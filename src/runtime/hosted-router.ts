/**
 * A live router with its memory in the store: outcomes go through micro-batches into this replica's stripe, the other
 * replicas' stripes are followed, and budgets are kept across restarts.
 */
import { targetOf } from '../routing/learn.js';
import type { OutcomeRow } from '../routing/outcome.js';
import { Problem } from '../routing/problem.js';
import { buildRouter, type Router, type RouterParts } from '../routing/router.js';
import { readSpend, type BudgetSpend } from '../store/budget-spend.js';
import { applyOutcomes } from '../store/apply-outcomes.js';
import type { Gap, StripesFound } from '../store/gaps.js';
import { importedStripe } from '../store/read-fold.js';
import { loadStatistics } from '../store/load-statistics.js';
import type { StoredOutcomes, StoredStatus } from '../store/outcome-batch.js';
import type { RouterRecord } from '../store/router-record.js';
import type { RouterKey, Store } from '../store/store.js';
import { StaleStripe } from '../store/stripe.js';
import { AskedIn } from './asked-in.js';
import { BudgetExchange, budgetsAtStart } from './budget-exchange.js';
import { FeedbackBatcher } from './feedback-batcher.js';
import { feedbackPatienceMs, type FeedbackTaker } from './feedback-desk.js';
import type { Gate } from './gate.js';
import { LiveRouter } from './live-router.js';
import { newOutcomes, type OutcomeFeed } from './outcome-feed.js';
import type { Metrics } from './metrics.js';
import type { OutcomeRoom } from './outcome-room.js';
import { DecisionMemory } from './recent-decisions.js';
import { partsOf } from './router-parts.js';
import { Serial } from './serial.js';
import { presentHorizon, SharedStatistics, type Share } from './shared-statistics.js';
import { Staleness } from './staleness.js';
import type { StripeLease } from './stripe-lease.js';
import type { Tracing } from './tracing.js';

/** What every router of a replica shares. */
export interface Host {
  readonly store: Store;
  /** This replica's stripe and name; others from one moment to the next where the stripe was lost. */
  readonly lease: StripeLease;
  readonly clock: () => number;
  readonly metrics: Metrics;
  /** For outcomes that wait to be stored. */
  readonly room: OutcomeRoom;
  /** Without it, nothing is traced. */
  readonly tracing?: Tracing;
}

/** Outcomes, and the stripe that took them in. */
interface CommittedOutcomes extends StoredOutcomes {
  readonly stripe: number;
}

const batchSize = 500;
const staleAttempts = 5;
/** Between two attempts to read everything again. */
const recallPauseMs = 1_000;

export class HostedRouter implements FeedbackTaker {
  private readonly feedback: FeedbackBatcher<StoredStatus>;
  /** Whatever moves the sums goes one at a time, so that no change is ever taken in twice. */
  private readonly serial = new Serial();
  readonly recent = new DecisionMemory();
  private readonly shared: SharedStatistics;
  private readonly budgets: BudgetExchange;
  private recalling = false;
  private readonly askedIn: AskedIn | undefined;

  private constructor(
    private readonly host: Host,
    private newest: RouterRecord,
    readonly live: LiveRouter,
    logFloor: Date,
    staleness: Staleness,
  ) {
    this.shared = new SharedStatistics(host, this.key, live, logFloor, staleness);
    this.askedIn = host.tracing && new AskedIn(host.tracing);
    this.budgets = new BudgetExchange(host, this.key, live.conditions);
    this.feedback = new FeedbackBatcher<StoredStatus>({
      apply: (rows) => this.serial.run(() => host.metrics.timeCommit('feedback', () => this.commit(rows))),
      room: host.room,
      batchSize,
      patienceMs: feedbackPatienceMs,
    });
  }

  static async open(host: Host, record: RouterRecord): Promise<HostedRouter> {
    const parts = await partsOf(host.store, record);
    const horizon = presentHorizon(buildRouter(parts), host.clock());
    const loaded = await loadStatistics(host.store, record, horizon);
    const staleness = new Staleness((seconds) => host.metrics.staleness.observe(seconds));
    let hosted: HostedRouter | undefined = undefined as HostedRouter | undefined;
    const live = new LiveRouter({
      parts,
      cells: loaded.cells,
      versions: loaded.versions,
      horizon,
      recall: () => hosted?.recall(),
      budgets: budgetsAtStart(await readSpend(host.store, record), host.lease.stripe, host.clock()),
      clock: host.clock,
      onFormed: (seconds) => {
        host.metrics.forming.observe(seconds);
        staleness.formed();
      },
      onUnformed: (error) =>
        host.store.logger.warn(
          { router: record.router, error: String(error) },
          'a view could not be formed; the one before it goes on',
        ),
    });
    return (hosted = new HostedRouter(host, record, live, loaded.logFloor, staleness));
  }

  get record(): RouterRecord {
    return this.newest;
  }

  get router(): Router {
    return this.live.router;
  }

  private get key(): RouterKey {
    return { tenant: this.newest.tenant, router: this.newest.router };
  }

  /** What is learned, in step with the versions of the live router. */
  get outcomes(): OutcomeFeed {
    return this.shared.outcomes;
  }

  get waiting(): number {
    return this.feedback.waiting;
  }

  /** Whether its sums are about to change. */
  get isBusy(): boolean {
    return this.serial.isBusy;
  }

  /** @returns what became of each row, after the commit @throws Problem 'overloaded' | 'database-unavailable' */
  add(rows: readonly OutcomeRow[]): Promise<readonly StoredStatus[]> {
    this.askedIn?.note(rows);
    return this.feedback.add(rows);
  }

  /** Takes over a newer revision, made here or by another replica. */
  async replace(record: RouterRecord, parts?: RouterParts): Promise<void> {
    if (record.revision <= this.newest.revision) return;
    const ready = parts ?? (await partsOf(this.host.store, record));
    // Somebody here may have made or heard of a newer one meanwhile.
    if (record.revision <= this.newest.revision) return;
    this.live.replace(ready);
    this.newest = record;
  }

  /**
   * Takes in what other replicas learned.
   * @param gate to read through; a router that waits for its own commit takes no place in it
   */
  refresh(gate?: Gate): Promise<void> {
    return this.serial.run(() => (gate ? gate.through(() => this.shared.follow()) : this.shared.follow()));
  }

  /**
   * What is missing here of what was found, by the versions alone.
   * @returns undefined when this router has to be read on its own
   */
  gaps(found: StripesFound): Gap[] | undefined {
    // A commit that runs knows its stripe better than whoever asked before it, and fails where others wrote to it.
    return this.shared.gaps(found, this.isBusy ? this.host.lease.stripe : undefined);
  }

  /** Takes in what a poll read of this router. */
  takeIn(share: Share): Promise<void> {
    return this.serial.run(() => this.shared.takeIn(share));
  }

  /** Whether any replica took in an outcome of this router; what was imported does not count. */
  async hasLearned(): Promise<boolean> {
    await this.refresh();
    return Object.entries(this.live.versions).some(
      ([stripe, version]) => Number(stripe) !== importedStripe && version > 0,
    );
  }

  get hasBudgets(): boolean {
    return (this.newest.spec.budgets ?? []).length > 0;
  }

  /** Looks how the budgets stand at other replicas, and tells them. @param rows of this router @param living owners */
  exchangeBudgets(rows: readonly BudgetSpend[], living: readonly string[]): Promise<void> {
    return this.budgets.run(rows, living);
  }

  async close(): Promise<void> {
    await this.feedback.drain();
    this.live.close();
    await this.budgets.close();
  }

  private commit(rows: readonly OutcomeRow[]): Promise<readonly StoredStatus[]> {
    const { tracing } = this.host;
    if (!tracing || !this.askedIn) return this.apply(rows);
    const { router } = this.key;
    const known = {
      'tradewind.commit.kind': 'feedback',
      'tradewind.commit.rows': rows.length,
      'tradewind.router': router,
    };
    return tracing.apart('tradewind.commit', known, this.askedIn.of(rows), () => this.apply(rows));
  }

  /** In parts, where somebody else wrote to the stripe between two transactions: each is learned before the next. */
  private async apply(rows: readonly OutcomeRow[]): Promise<readonly StoredStatus[]> {
    const statuses = new Array<StoredStatus>(rows.length);
    let due = rows.map((_, i) => i);
    while (due.length > 0) {
      const stored = await this.store(due.map((i) => rows[i]));
      due.forEach((place, i) => (statuses[place] = stored.statuses[i]));
      due = stored.rest.map((i) => due[i]);
      await this.learn(stored);
    }
    return statuses;
  }

  private async learn(stored: CommittedOutcomes): Promise<void> {
    this.live.learn({ ...stored, versions: { ...this.live.versions, [stored.stripe]: stored.version } });
    this.outcomes.add(stored.added, stored.corrected);
    if (stored.correctedStripes.length > 0) await this.shared.follow();
    this.count(newOutcomes(stored.added, stored.corrected));
  }

  /**
   * Tries again where somebody else wrote to the stripe, or a commit of this process had gone through after all. Each
   * attempt goes to the stripe that is this replica's when it begins. Where that is a new one, the version that is known
   * of it may be old like that of any stripe, and the attempt then fails in the same way.
   */
  private async store(rows: readonly OutcomeRow[]): Promise<CommittedOutcomes> {
    const { store, lease, clock } = this.host;
    const receivedAt = new Date(clock());
    for (let attempt = 1; ; attempt++) {
      const { stripe, owner } = lease;
      try {
        const stored = await applyOutcomes(store, {
          stripe: { ...this.key, stripe, version: this.live.versions[stripe] ?? 0 },
          owner,
          rows,
          targetOf: (row) => targetOf(this.newest.spec, row),
          receivedAt,
        });
        return { ...stored, stripe };
      } catch (error) {
        if (!(error instanceof StaleStripe)) throw error;
        if (attempt === staleAttempts) throw contended(error);
        await this.shared.follow();
      }
    }
  }

  /** The clock was put back: what memory had let go counts again. Asked for at every decision until it is there. */
  private recall(): void {
    if (this.recalling) return;
    this.recalling = true;
    const again = () => void setTimeout(() => (this.recalling = false), recallPauseMs).unref();
    this.serial
      .run(async () => {
        // What others learned settles the bills of decisions made here before it is part of what is loaded.
        await this.shared.follow();
        await this.shared.loadAnew();
      })
      .then(again, again);
  }

  /** A counter only rises: what a correction changes is not counted, nor what a router declares to be below zero. */
  private count(rows: readonly OutcomeRow[]): void {
    const { router } = this.key;
    for (const { metric, arm, value } of rows) {
      if (value < 0) continue;
      if (metric === 'energy_j') this.host.metrics.energy.inc({ router, arm }, value);
      else if (metric === 'cost_usd') this.host.metrics.spend.inc({ router, arm }, value);
    }
  }
}

function contended(cause: StaleStripe): Problem {
  const problem = new Problem(
    'database-unavailable',
    `others were quicker each time (${cause.message}); try again`,
    [],
    1,
  );
  problem.cause = cause;
  return problem;
}
