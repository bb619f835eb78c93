/**
 * Plays one run of a world through the routing that the service runs:
 *
 *   step → decide (view, conditions) → the arm's outcome → delivery → outcomeRows → fold → view
 *
 * Everything is a function of the seed: requests, deliveries and decision ids come from streams of it, time is virtual.
 */
import type { Detection } from '../../src/routing/changes/detection.js';
import { ChangeWatch } from '../../src/routing/changes/watch.js';
import { Conditions } from '../../src/routing/conditions.js';
import { decide, type Decision } from '../../src/routing/decide.js';
import { presentEpoch } from '../../src/routing/epoch.js';
import { outcomeRows, type FeedbackTarget } from '../../src/routing/learn.js';
import { OutcomeLog } from '../../src/routing/outcome-log.js';
import type { OutcomeRow } from '../../src/routing/outcome.js';
import { Problem } from '../../src/routing/problem.js';
import { buildRouter, type Router, type RouterParts } from '../../src/routing/router.js';
import type { Change, RouterSpec } from '../../src/routing/spec.js';
import { chanceOf } from '../random.js';
import { immediateDelivery, type Delivery, type Report } from '../worlds/delivery.js';
import type { Step, World } from '../worlds/world.js';
import { virtualClock, type VirtualClock } from './clock.js';
import { remember, type Asked } from './encoder-memory.js';
import { revised } from './revised.js';
import { emptyPlay, type Played, type Playing } from './played.js';
import { record } from './record.js';
import { RunningView } from './running-view.js';

export interface PlayOptions {
  readonly world: World;
  readonly router: Omit<RouterParts, 'secret' | 'tenant' | 'revision'>;
  readonly seed: number;
  /** Outcomes after which it is looked whether the view has to be formed anew (`running-view.ts`). */
  readonly formEvery?: number;
  /** Milliseconds between two requests. */
  readonly gapMs?: number;
  /** Watch these metrics for changes that nobody tells; `detectionOf` a declaration is what the service watches. */
  readonly watch?: Detection | undefined;
  /** Measures how long each decision takes; such a run is not the same twice. */
  readonly stopwatch?: () => number;
}

/** Seldomer would cost less, but trust in profiles, measured when a view is formed, would lag behind the outcomes. */
export const defaultFormEvery = 64;

/** A request that the router refuses, or an outcome that no metric can have. The name is kept where an error crosses threads. */
export class Unplayable extends Error {
  override readonly name = 'Unplayable';

  constructor(request: number, { message }: Problem) {
    super(`at request ${request}: ${message}`);
  }
}

/** @throws Unplayable, naming the request */
export function play(options: PlayOptions): Played {
  const player = new Player(options);
  try {
    return player.run();
  } finally {
    player.release();
  }
}

class Player {
  private readonly world: World;
  private router: Router;
  private readonly view: RunningView;
  private readonly conditions: Conditions;
  private readonly clock: VirtualClock;
  private readonly delivery: Delivery;
  private readonly watch: ChangeWatch | undefined;
  private readonly asked: Asked = {};
  private readonly log = new OutcomeLog();
  private readonly played: Playing;
  /** What outcomes need to know of their decision, by request: as in a token. */
  private readonly targets: FeedbackTarget[] = [];
  private now: number;
  private request = 0;

  constructor(private readonly options: PlayOptions) {
    const { world, seed, formEvery = defaultFormEvery, gapMs = 1000 } = options;
    this.world = world;
    this.clock = virtualClock(chanceOf(seed, 'ids'), gapMs);
    this.now = this.clock.at(0);
    this.watch = options.watch && new ChangeWatch(options.watch.options);
    this.router = this.build(options.router.spec);
    this.view = new RunningView(this.router, formEvery, presentEpoch(this.router, this.now));
    this.conditions = new Conditions(this.router, this.now);
    this.delivery = world.delivery?.(chanceOf(seed, 'delivery')) ?? immediateDelivery();
    this.played = emptyPlay(world.arms, world.metrics, world.length);
  }

  run(): Played {
    try {
      return this.playAll();
    } catch (error) {
      throw error instanceof Problem ? new Unplayable(this.request, error) : error;
    }
  }

  private playAll(): Played {
    let request = 0;
    for (const step of this.world.steps(chanceOf(this.options.seed, 'world'))) {
      this.now = this.clock.at(request);
      this.request = request;
      this.decide(step, request);
      this.learn(this.delivery.receive(request));
      request++;
    }
    this.learn(this.delivery.rest());
    return this.played;
  }

  release(): void {
    this.view.release();
  }

  private decide(step: Step, request: number): void {
    const spec = revised(this.router.spec, this.options.router.spec, step, this.now);
    if (spec !== this.router.spec) this.revise(spec);
    this.view.follow(this.router, presentEpoch(this.router, this.now));
    this.asked.place = step.place;
    const question = { router: this.router.spec.id, context: step.context };
    const id = this.clock.id(request);
    const { stopwatch } = this.options;
    const start = stopwatch?.() ?? 0;
    const decision = decide(this.view.current, this.conditions.at(this.now), question, id);
    if (stopwatch) this.played.decisionMs.push(stopwatch() - start);
    this.conditions.decided(decision, this.now);
    this.targets[request] = targetOf(decision);
    record(this.played, request, step, decision, this.router);
    this.delivery.send(reportOf(this.world, step, request, decision.logged.arm), request);
  }

  private learn(reports: readonly Report[]): void {
    if (reports.length === 0) return;
    const rows = reports.flatMap((report) => this.rowsOf(report));
    const { added } = this.log.apply(rows);
    if (added.length === 0) return;
    const changes = this.watched(added);
    this.view.learn(added);
    this.conditions.learned(added, this.now);
    if (changes.length === 0) return;
    const { spec } = this.router;
    this.revise({ ...spec, changes: [...(spec.changes ?? []), ...changes] });
  }

  /** Changes that outcomes give away. */
  private watched(rows: readonly OutcomeRow[]): Change[] {
    const { watch, options } = this;
    if (!watch) return [];
    return rows.flatMap((row) => {
      if (!options.watch!.metrics.has(row.metric)) return [];
      const change = watch.observe(this.view.current, row, this.now);
      if (!change) return [];
      this.played.detected.push({ request: this.request, arm: change.arm, metric: change.metric });
      return [change];
    });
  }

  /** Goes on with another revision, as the service does when its declaration changes. */
  private revise(spec: RouterSpec): void {
    this.router = this.build(spec);
    this.conditions.follow(this.router, this.now);
  }

  private rowsOf({ request, arm, metrics, client }: Report): OutcomeRow[] {
    if (Object.keys(metrics).length === 0) return [];
    // The service refuses what comes later than that.
    if (this.now - this.clock.at(request) > this.router.settings.feedbackWindowMs) return [];
    const target = this.targets[request]!;
    return outcomeRows(this.router.spec, target, {
      metrics,
      ...(arm === target.arm ? {} : { served_arm: arm }),
      ...(client === undefined ? {} : { source: `client-${client + 1}` }),
    });
  }

  private build(spec: RouterSpec): Router {
    const { router, seed } = this.options;
    const chance = chanceOf(seed, 'secret');
    const secret = Uint8Array.from({ length: 32 }, () => chance.below(256));
    return remember(buildRouter({ ...router, spec, tenant: 'simulation', revision: 1, secret }), this.asked);
  }
}

function targetOf({ logged }: Decision): FeedbackTarget {
  const { tenant, router, id, arm, propensity, schema, epoch, features } = logged;
  return { tenant, router, decisionId: id, arm, propensity, schema, epoch, features };
}

function reportOf(world: World, { outcomes }: Step, request: number, arm: string): Report {
  const k = world.arms.indexOf(arm);
  const metrics: Record<string, number> = {};
  for (const metric of world.metrics) {
    const value = outcomes[metric]![k]!;
    if (!Number.isNaN(value)) metrics[metric] = value;
  }
  return { request, arm, metrics };
}
