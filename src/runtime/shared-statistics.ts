/**
 * What all replicas learned of a router, kept in step with the store: stripes are followed by their versions, a few at a
 * time, and read anew where a step was not whole. Whoever calls takes care that one call runs at a time, or a change would
 * be taken in twice.
 */
import { presentEpoch } from '../routing/epoch.js';
import { horizonOf, type Horizon } from '../routing/horizon.js';
import type { Router } from '../routing/router.js';
import { catchUp, type StatisticsChanges } from '../store/catch-up.js';
import { gapsOf, type Gap, type StripesFound } from '../store/gaps.js';
import { loadStatistics, type KnownStatistics } from '../store/load-statistics.js';
import { freshTimes, outcomeAges } from '../store/outcome-ages.js';
import type { RouterKey } from '../store/store.js';
import type { StripeChange } from '../store/stripe-changes.js';
import { nextWidth } from '../store/version-pages.js';
import type { Host } from './hosted-router.js';
import type { LiveRouter } from './live-router.js';
import { newOutcomes, OutcomeFeed } from './outcome-feed.js';
import { sameVersions } from './same-versions.js';
import type { Staleness } from './staleness.js';

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

/** The outcomes of a stripe that came since the last look, by the age of the newest of them. */
interface Fresh {
  readonly times: readonly number[];
  readonly age: number;
}

/** Rows that one step of following should bring; some 7 µs each to take in. */
const rowsWanted = 500;
/** Versions that the first step asks for, of up to 500 rows each. */
const firstStep = 2;

export class SharedStatistics {
  /** What is learned, in step with the versions of the live router. */
  readonly outcomes = new OutcomeFeed();

  constructor(
    private readonly host: Pick<Host, 'store' | 'lease' | 'clock'>,
    private readonly key: RouterKey,
    private readonly live: LiveRouter,
    private logFloor: Date,
    private readonly staleness: Staleness,
  ) {}

  /**
   * What is missing of what was found, by the versions alone.
   * @param apart stripe that is not looked at
   * @returns undefined where the router has to be read on its own
   */
  gaps(found: StripesFound, apart?: number): Gap[] | undefined {
    const stripes = found.stripes.filter(({ stripe }) => stripe !== apart);
    const gaps = gapsOf(this.key, this.known, { ...found, stripes });
    if (gaps?.length === 0) this.isAt(found);
    return gaps;
  }

  /** Takes in what was read of the gaps, but for those that were closed meanwhile, whose changes would count twice. */
  async takeIn({ found, news, asked }: Share): Promise<void> {
    const due = news.filter(({ gap: { stripe, from } }) => from === (this.live.versions[stripe] ?? 0));
    if (due.length > 0) await this.wholly(() => this.learnFrom(due, asked));
    this.isAt(found);
  }

  /**
   * Takes in what all stripes have by now, a few versions at a time with turns of the event loop between: each step is
   * whole, so that a view of it is one that any replica would have. Of 60,000 rows at 64 features
   * the longest turn was 108 to 127 ms when they were taken in at once, and is 42 to 49; all of it takes 2.6 s, not 2.3.
   * Those that come meanwhile are for the next time, or a quick writer would keep commits here waiting for ever.
   */
  async follow(): Promise<void> {
    const asked = performance.now();
    const fresh = new Map<string, Fresh>();
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

  /** Reads everything from the store, whatever is known. */
  async loadAnew(): Promise<void> {
    const { store, clock } = this.host;
    const horizon = presentHorizon(this.live.router, clock());
    const loaded = await loadStatistics(store, this.key, horizon);
    this.logFloor = loaded.logFloor;
    this.live.reload(loaded.cells, loaded.versions, horizon);
    this.outcomes.skip();
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
  private expect(fresh: ReadonlyMap<string, Fresh>, asked: number): void {
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

  /** Outcomes that another replica took in, of its decisions or of those made here. */
  private heard(changes: readonly StripeChange[]): void {
    const rowsOf = (wanted: 1 | -1) => changes.filter(({ sign }) => sign === wanted).map(({ row }) => row);
    const [added, removed] = [rowsOf(1), rowsOf(-1)];
    this.outcomes.add(added, removed);
    this.live.conditions.settled(newOutcomes(added, removed));
  }
}

/** How far back outcomes count at a moment. */
export const presentHorizon = (router: Router, now: number): Horizon | undefined =>
  horizonOf(router, presentEpoch(router, now));

/** Whether each stripe has come to a version, or is beyond it. */
const isPast = (versions: Readonly<Record<string, number>>, target: Readonly<Record<string, number>>): boolean =>
  Object.entries(target).every(([stripe, version]) => version <= (versions[stripe] ?? 0));
