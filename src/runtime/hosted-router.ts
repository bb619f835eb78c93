/**
 * A live router with its memory in the store: outcomes go through micro-batches into this replica's stripe, the other
 * replicas' stripes are followed, and budgets are kept across restarts.
 */
import { presentEpoch } from '../routing/epoch.js';
import { horizonOf, type Horizon } from '../routing/horizon.js';
import { targetOf } from '../routing/learn.js';
import type { OutcomeRow } from '../routing/outcome.js';
import { Problem } from '../routing/problem.js';
import { buildRouter, type Router, type RouterParts } from '../routing/router.js';
import { readSpend, type BudgetSpend } from '../store/budget-spend.js';
import { applyOutcomes } from '../store/apply-outcomes.js';
import { catchUp, type StatisticsChanges } from '../store/catch-up.js';
import { gapsOf, type Gap, type StripesFound } from '../store/gaps.js';
import { importedStripe } from '../store/read-fold.js';
import { loadStatistics, type KnownStatistics } from '../store/load-statistics.js';
import type { StoredOutcomes, StoredStatus } from '../store/outcome-batch.js';
import { freshTimes, outcomeAges } from '../store/outcome-ages.js';
import type { RouterRecord } from '../store/router-record.js';
import type { RouterKey, Store } from '../store/store.js';
import type { StripeChange } from '../store/stripe-changes.js';
import { StaleStripe } from '../store/stripe.js';
import { nextWidth } from '../store/version-pages.js';
import { AskedIn } from './asked-in.js';
import { BudgetExchange, budgetsAtStart } from './budget-exchange.js';
import { FeedbackBatcher } from './feedback-batcher.js';
import { feedbackPatienceMs, type FeedbackTaker } from './feedback-desk.js';
import type { Gate } from './gate.js';
import { LiveRouter } from './live-router.js';
import { newOutcomes, OutcomeFeed } from './outcome-feed.js';
import type { Metrics } from './metrics.js';
import { DecisionMemory } from './recent-decisions.js';
import { partsOf } from './router-parts.js';
import { sameVersions } from './same-versions.js';
import { Serial } from './serial.js';
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
  readonly feedbackCapacity: number;
  /** Without it, nothing is traced. */
  readonly tracing?: Tracing;
}

/** Outcomes, and the stripe that took them in. */
interface CommittedOutcomes extends StoredOutcomes {
  readonly stripe: number;
}

/** What there is to take in of one stripe. */
interface StripeNews {
  readonly gap: Gap;
  readonly changes: readonly StripeChange[];
}

/** Of what a poll read, the part of one router. */
export interface Share {
  readonly found: StripesFound;
  readonly news: readonly StripeNews[];
  /** `performance.now()` when the versions were asked for. */
  readonly asked: number;
}

const batchSize = 500;
/** Rows that one step of following should bring; some 7 µs each to take in. */
const rowsWanted = 500;
/** Versions that the first step asks for, of up to 500 rows each. */
const firstStep = 2;
const staleAttempts = 5;
/** Between two attempts to read everything again. */
const recallPauseMs = 1_000;

export class HostedRouter implements FeedbackTaker {
  private readonly feedback: FeedbackBatcher<StoredStatus>;
  /** Whatever moves the sums goes one at a time, so that no change is ever taken in twice. */
  private readonly serial = new Serial();
  readonly recent = new DecisionMemory();
  /** What is learned, in step with the versions of the live router. */
  readonly outcomes = new OutcomeFeed();
  private logFloor: Date;
  private readonly budgets: BudgetExchange;
  private recalling = false;
  private readonly askedIn: AskedIn | undefined;

  private constructor(
    private readonly host: Host,
    private newest: RouterRecord,
    readonly live: LiveRouter,
    { logFloor }: KnownStatistics,
    private readonly staleness: Staleness,
  ) {
    this.logFloor = logFloor;
    this.askedIn = host.tracing && new AskedIn(host.tracing);
    this.budgets = new BudgetExchange(host, this.key, live.conditions);
    this.feedback = new FeedbackBatcher<StoredStatus>({
      apply: (rows) => this.serial.run(() => host.metrics.timeCommit('feedback', () => this.commit(rows))),
      capacity: host.feedbackCapacity,
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
    return (hosted = new HostedRouter(host, record, live, loaded, staleness));
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

  get waiting(): number {
    return this.feedback.waiting;
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
    return this.serial.run(() => (gate ? gate.through(() => this.follow()) : this.follow()));
  }

  /**
   * What is missing here of what was found, by the versions alone.
   * @returns undefined when this router has to be read on its own
   */
  gaps(found: StripesFound): Gap[] | undefined {
    const { stripe: own } = this.host.lease;
    // A commit that runs knows its stripe better than whoever asked before it, and fails where others wrote to it.
    const stripes = this.serial.isBusy ? found.stripes.filter(({ stripe }) => stripe !== own) : found.stripes;
    const gaps = gapsOf(this.key, this.known, { ...found, stripes });
    if (gaps?.length === 0) this.isAt(found);
    return gaps;
  }

  /** Takes in what was read of the gaps, but for those that were closed meanwhile, whose changes would count twice. */
  takeIn({ found, news, asked }: Share): Promise<void> {
    return this.serial.run(async () => {
      const due = news.filter(({ gap: { stripe, from } }) => from === (this.live.versions[stripe] ?? 0));
      if (due.length > 0) await this.wholly(() => this.learnFrom(due, asked));
      this.isAt(found);
    });
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
    if (stored.correctedStripes.length > 0) await this.follow();
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
        await this.follow();
      }
    }
  }

  /**
   * Takes in what all stripes have by now, a few versions at a time with turns of the event loop between: each step is
   * whole, so that a view of it is one that any replica would have. Of 60,000 rows at 64 features
   * the longest turn was 108 to 127 ms when they were taken in at once, and is 42 to 49; all of it takes 2.6 s, not 2.3.
   * Those that come meanwhile are for the next time, or a quick writer would keep commits here waiting for ever.
   */
  private async follow(): Promise<void> {
    const asked = performance.now();
    const fresh = new Map<string, { times: readonly number[]; age: number }>();
    let width = firstStep;
    let target: Readonly<Record<string, number>> | undefined;
    for (let last = false; !last;) {
      const step = await catchUp(this.host.store, this.key, this.known, width);
      if (!step) return this.loadAnew();
      for (const [stripe, { times, age }] of Object.entries(step.fresh))
        fresh.set(stripe, { times: [...(fresh.get(stripe)?.times ?? []), ...times], age });
      target ??= step.found;
      last = isPast(step.versions, target) || isPast(step.versions, step.found);
      if (last) this.expect(fresh, asked);
      await this.wholly(() => this.takeInStep(step));
      width = nextWidth(width, step.changes.length, rowsWanted);
    }
  }

  /** What stops half way has left sums without their versions, which are read anew then. @throws what stopped it */
  private async wholly(takeIn: () => void): Promise<void> {
    try {
      takeIn();
    } catch (error) {
      await this.loadAnew();
      throw error;
    }
  }

  private get known(): KnownStatistics {
    return { versions: this.live.versions, logFloor: this.logFloor };
  }

  private takeInStep({ changes, versions, logFloor }: StatisticsChanges): void {
    this.logFloor = logFloor;
    // A version without changes is one too: whoever doesn't know it can't write to its stripe.
    if (changes.length > 0 || !sameVersions(versions, this.live.versions)) this.live.follow(changes, versions);
    this.heard(changes);
  }

  /** The ages of what was new, by the newest of all steps: only of that one does the database know when it came. */
  private expect(fresh: ReadonlyMap<string, { times: readonly number[]; age: number }>, asked: number): void {
    for (const [stripe, { times, age }] of fresh)
      if (Number(stripe) !== this.host.lease.stripe) this.staleness.expect(outcomeAges(times, age), asked);
  }

  private learnFrom(news: readonly StripeNews[], asked: number): void {
    const versions = { ...this.live.versions };
    for (const { gap, changes } of news) {
      versions[gap.stripe] = gap.to;
      if (gap.stripe !== this.host.lease.stripe)
        this.staleness.expect(outcomeAges(freshTimes(changes), gap.age), asked);
    }
    const changes = news.flatMap((one) => one.changes).sort((a, b) => b.sign - a.sign);
    this.live.follow(changes, versions);
    this.heard(changes);
  }

  /** Where all that was found is in, what was dropped from the log until then is as well. */
  private isAt({ stripes, logFloor }: StripesFound): void {
    const found = Object.fromEntries(stripes.map(({ stripe, version }) => [stripe, version]));
    const isIn = isPast(this.live.versions, found);
    if (isIn && logFloor > this.logFloor) this.logFloor = logFloor;
  }

  private async loadAnew(): Promise<void> {
    const { store, clock } = this.host;
    const horizon = presentHorizon(this.router, clock());
    const loaded = await loadStatistics(store, this.key, horizon);
    this.logFloor = loaded.logFloor;
    this.live.reload(loaded.cells, loaded.versions, horizon);
    this.outcomes.skip();
  }

  /** The clock was put back: what memory had let go counts again. Asked for at every decision until it is there. */
  private recall(): void {
    if (this.recalling) return;
    this.recalling = true;
    const again = () => void setTimeout(() => (this.recalling = false), recallPauseMs).unref();
    this.serial
      .run(async () => {
        // What others learned settles the bills of decisions made here before it is part of what is loaded.
        await this.follow();
        await this.loadAnew();
      })
      .then(again, again);
  }

  /** Outcomes that another replica took in, of its decisions or of those made here. */
  private heard(changes: readonly StripeChange[]): void {
    const rowsOf = (wanted: 1 | -1) => changes.filter(({ sign }) => sign === wanted).map(({ row }) => row);
    const [added, removed] = [rowsOf(1), rowsOf(-1)];
    this.outcomes.add(added, removed);
    this.live.conditions.settled(newOutcomes(added, removed));
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

/** Whether each stripe has come to a version, or is beyond it. */
const isPast = (versions: Readonly<Record<string, number>>, target: Readonly<Record<string, number>>): boolean =>
  Object.entries(target).every(([stripe, version]) => version <= (versions[stripe] ?? 0));

const presentHorizon = (router: Router, now: number): Horizon | undefined =>
  horizonOf(router, presentEpoch(router, now));

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
