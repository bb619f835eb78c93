/**
 * A running Tradewind with its memory in a store: the composition of the parts in this folder, and what callers may ask.
 */
import { randomUUID } from 'node:crypto';

import { exampleProfiles, exampleRouter } from '../routing/profiles/example-router.js';
import type { Explanation } from '../routing/explain.js';
import { Problem } from '../routing/problem.js';
import type { ProfileRow } from '../routing/profile.js';
import type { LoggedDecision } from '../routing/decision.js';
import type { FeedbackItem, FeedbackResult, RouteAnswer, RouteRequest } from '../routing/request.js';
import type { Arm, RouterSpec } from '../routing/spec.js';
import { uuidBytes, uuidTimeMs } from '../routing/uuid.js';
import { claimStripe, keepStripe, releaseStripe } from '../store/claim-stripe.js';
import { foldStripes } from '../store/fold-stripes.js';
import { insertDecisions } from '../store/insert-decisions.js';
import { maintain } from '../store/maintain.js';
import { appliedMigrations } from '../store/migrate.js';
import { signingKeys } from '../store/signing-keys.js';
import type { RouterRecord } from '../store/router-record.js';
import type { Store } from '../store/store.js';
import { answerOf, tokenPayload } from './answer.js';
import { ChangeWatcher } from './change-watcher.js';
import { DecisionBatcher } from './decision-batcher.js';
import { decisionIds } from './decision-ids.js';
import { createEmbeddingsClient, type EmbeddingsClient } from './embeddings.js';
import { evaluateWindow, type EvaluationQuestion, type WindowEvaluation } from './evaluate.js';
import { FeedbackDesk } from './feedback-desk.js';
import type { ExportedState } from './exported-state.js';
import type { HostedRouter } from './hosted-router.js';
import { KeyKeeper } from './key-keeper.js';
import { keyOfSecret } from './key-ring.js';
import { LoggedDecisions } from './logged-decisions.js';
import { Metrics } from './metrics.js';
import { Registry } from './registry.js';
import { RouterAdministration } from './router-administration.js';
import type { ArmPatch, RouterPatch } from './spec-changes.js';
import { overviewOf, type RouterOverview } from './overview.js';
import { repeat, type Repeated } from './repeat.js';
import { Retractions, type RetractionBody, type RetractionPreview, type RetractionState } from './retractions.js';
import type { Readiness, RouterState, Service } from './service.js';
import { TaskHealth } from './task-health.js';
import type { Tracing } from './tracing.js';

export interface TradewindOptions {
  /** Open and migrated; closed with the service. */
  readonly store: Store;
  /** Secrets that sign feedback tokens, newest first; without one, keys are made and kept in the store. */
  readonly secrets?: readonly string[];
  /** Makes the router `default` from the shipped profiles when there is no router yet. */
  readonly seedExample?: boolean;
  readonly logger?: RuntimeLogger;
  readonly clock?: () => number;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Decisions that may wait to be logged, and outcomes of one router that may wait to be stored. */
  readonly decisionCapacity?: number;
  readonly feedbackCapacity?: number;
  readonly pollMs?: number;
  /** How long decisions that still wait at the end may take to be logged. */
  readonly drainMs?: number;
  /** Without it, nothing is traced. */
  readonly tracing?: Tracing;
}

export interface RuntimeLogger {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

const quiet: RuntimeLogger = { info: () => undefined, warn: () => undefined, error: () => undefined };
export const defaultTenant = 'default';
const defaultDrainMs = 8_000;

export async function startTradewind(options: TradewindOptions): Promise<Tradewind> {
  const { store, logger = quiet, clock = Date.now, secrets = [] } = options;
  const metrics = new Metrics();
  await keepInOrder(store, metrics);
  const owner = `${process.pid}-${randomUUID()}`;
  const host = {
    store,
    stripe: await claimStripe(store, owner),
    owner,
    clock,
    metrics,
    feedbackCapacity: options.feedbackCapacity ?? 50_000,
    ...(options.tracing ? { tracing: options.tracing } : {}),
  };
  const registry = new Registry(host, defaultTenant);
  await registry.load();
  if (options.seedExample && registry.all().length === 0) await registry.create(exampleRouter(), exampleProfiles());
  const readKeys = () => signingKeys(store, new Date(clock()));
  const keys =
    secrets.length > 0
      ? new KeyKeeper(secrets.map(keyOfSecret), undefined, clock)
      : new KeyKeeper(await readKeys(), readKeys, clock);
  return new Tradewind(host, registry, keys, logger, options);
}

/** Maintains the logs, and tells what was done and how the database stands. */
async function keepInOrder(store: Store, { partitions, schema }: Metrics): Promise<void> {
  const { made, dropped } = await maintain(store);
  partitions.inc({ change: 'made' }, made.length);
  partitions.inc({ change: 'dropped' }, dropped.length);
  const names = await appliedMigrations(store);
  schema.reset();
  schema.set({ newest: names.at(-1) ?? 'none' }, names.length);
}

export class Tradewind implements Service {
  private readonly decisions: DecisionBatcher;
  private readonly logged: LoggedDecisions;
  private readonly routers: RouterAdministration;
  private readonly desk: FeedbackDesk;
  private readonly embeddings: EmbeddingsClient;
  private readonly nextId: () => string;
  private readonly repeated: Repeated[];
  private readonly health: TaskHealth;
  private readonly retractions: Retractions;
  private readonly changes: ChangeWatcher;
  private readonly drainMs: number;
  private stopping = false;
  private evaluating = false;

  constructor(
    private readonly host: ConstructorParameters<typeof Registry>[0],
    private readonly registry: Registry,
    private readonly keys: KeyKeeper,
    private readonly logger: RuntimeLogger,
    options: TradewindOptions,
  ) {
    this.nextId = decisionIds(host.clock);
    this.drainMs = options.drainMs ?? defaultDrainMs;
    this.decisions = new DecisionBatcher({
      write: (batch) => this.logDecisions(batch),
      onError: (error, waiting) =>
        logger.warn({ error: String(error), waiting }, 'decisions could not be logged; trying again'),
      capacity: options.decisionCapacity ?? 50_000,
      batchSize: 500,
      // A statement costs some milliseconds beside its rows: a decision among 500 takes an embedded server 26 µs, among 150 45.
      lingerMs: 50,
      retryMs: 250,
    });
    this.logged = new LoggedDecisions(host.store, this.decisions);
    this.routers = new RouterAdministration(host, registry);
    this.desk = new FeedbackDesk({
      verify: (token) => keys.verify(token),
      lookUp: (id, router) => this.logged.target(this.recordsOf(router), id),
      find: (id) => registry.lookFor(id),
      tenant: registry.tenant,
      clock: host.clock,
      // What a caller calls a router is no label: anybody could make as many as they like.
      onResult: (router, status) =>
        host.metrics.feedback.inc({ router: registry.has(router) ? router : 'unknown', status }),
    });
    this.embeddings = createEmbeddingsClient({
      env: options.env ?? process.env,
      onFailure: (failure) => logger.warn(failure, 'an embedding could not be fetched; the built-in features stand in'),
    });
    this.retractions = new Retractions({
      store: host.store,
      owner: host.owner,
      logger,
      onRetracted: (router, outcomes) => host.metrics.retracted.inc({ router }, outcomes),
    });
    this.changes = new ChangeWatcher(host, registry);
    this.health = new TaskHealth('follow', logger, (task, outcome) => this.ran(task, outcome));
    this.repeated = [
      repeat(
        options.pollMs ?? 250,
        this.health.watched('follow', () => registry.follow()),
      ),
      repeat(
        1_000,
        this.health.watched('budgets', () => registry.exchangeBudgets()),
      ),
      repeat(
        options.pollMs ?? 250,
        this.health.watched('changes', () => this.changes.run()),
      ),
      repeat(
        5_000,
        this.health.watched('heartbeat', () => this.keepStripe()),
      ),
      repeat(
        5_000,
        this.health.watched('keys', () => keys.follow()),
      ),
      repeat(
        5_000,
        this.health.watched('retractions', () => this.retractions.resume()),
      ),
      repeat(
        60_000,
        this.health.watched('fold', () => this.fold(200)),
      ),
      repeat(
        3_600_000,
        this.health.watched('maintenance', () => keepInOrder(host.store, host.metrics)),
      ),
    ];
  }

  route(request: RouteRequest): RouteAnswer | Promise<RouteAnswer> {
    const router = this.registry.find(request.router);
    if (request.dry_run !== true) this.decisions.assertRoom();
    const embeddings = this.embeddings.embeddingsOf(router.live.router.spec.features, request.context);
    if (embeddings instanceof Promise) return embeddings.then((found) => this.decide(router, request, found));
    return this.decide(router, request, embeddings);
  }

  feedback(items: readonly FeedbackItem[]): Promise<FeedbackResult[]> {
    return this.desk.take(items);
  }

  listRouters(): RouterState[] {
    return this.routers.list();
  }

  readRouter(id: string): RouterState {
    return this.routers.read(id);
  }

  createRouter(spec: RouterSpec): Promise<RouterState> {
    return this.routers.create(spec);
  }

  changeRouter(id: string, patch: RouterPatch, revision?: number): Promise<RouterState> {
    return this.routers.change(id, patch, revision);
  }

  addArm(id: string, arm: Arm): Promise<RouterState> {
    return this.routers.addArm(id, arm);
  }

  changeArm(id: string, armId: string, patch: ArmPatch): Promise<RouterState> {
    return this.routers.changeArm(id, armId, patch);
  }

  removeArm(id: string, armId: string): Promise<RouterState> {
    return this.routers.removeArm(id, armId);
  }

  readProfiles(id: string): readonly ProfileRow[] {
    return this.routers.readProfiles(id);
  }

  importProfiles(id: string, rows: unknown, mode: 'merge' | 'replace'): Promise<{ rows: number; revision: number }> {
    return this.routers.importProfiles(id, rows, mode);
  }

  putEncoder(id: string, feature: string, artifact: string): Promise<RouterState> {
    return this.routers.putEncoder(id, feature, artifact);
  }

  exportState(id: string): Promise<ExportedState> {
    return this.routers.exportState(id);
  }

  importState(id: string, state: unknown): Promise<RouterState> {
    return this.routers.importState(id, state);
  }

  retract(id: string, question: RetractionBody): Promise<RetractionState | RetractionPreview> {
    return this.retractions.request(this.registry.find(id).record, question);
  }

  listRetractions(id: string): Promise<RetractionState[]> {
    return this.retractions.list(this.registry.find(id).record);
  }

  readRetraction(id: string, retraction: number): Promise<RetractionState> {
    return this.retractions.read(this.registry.find(id).record, retraction);
  }

  overview(id: string): RouterOverview {
    const { live, recent } = this.registry.find(id);
    return overviewOf(live, recent.recent(), this.host.clock());
  }

  explain(id: string, decisionId: string): Promise<Explanation> {
    return this.logged.explain(this.registry.find(id).record, decisionId);
  }

  async evaluate(id: string, question: EvaluationQuestion): Promise<WindowEvaluation> {
    const { record } = this.registry.find(id);
    if (this.evaluating)
      throw new Problem('overloaded', 'expected no other evaluation to be under way; one is, so try again soon', [], 5);
    this.evaluating = true;
    try {
      return await evaluateWindow(this.host.store, record, question, this.host.clock());
    } finally {
      this.evaluating = false;
    }
  }

  readiness(): Readiness {
    if (this.stopping) return { status: 'stopping', reasons: ['the process was told to stop'] };
    const reasons = this.health.reasons();
    const { failingSince, waiting } = this.decisions;
    if (failingSince) reasons.push(`${waiting} decisions wait to be logged since ${failingSince.toISOString()}`);
    return { status: reasons.length > 0 ? 'degraded' : 'ready', reasons };
  }

  async metrics(): Promise<{ readonly contentType: string; readonly body: string }> {
    const { metrics } = this.host;
    const { registry, queued, logLag, price, broken } = metrics;
    queued.set({ queue: 'decisions' }, this.decisions.waiting);
    queued.set(
      { queue: 'feedback' },
      this.registry.all().reduce((sum, router) => sum + router.waiting, 0),
    );
    const { oldest } = this.decisions;
    logLag.set(oldest ? Math.max(0, this.host.clock() - uuidTimeMs(uuidBytes(oldest.id))) / 1000 : 0);
    broken.reset();
    for (const { live } of this.registry.all()) {
      const router = live.router.spec.id;
      const conditions = live.conditions.at(this.host.clock());
      Object.keys(live.conditions.saved()).forEach((budget, b) => price.set({ router, budget }, conditions.prices[b]));
      for (const arm of conditions.broken) broken.set({ router, arm }, 1);
    }
    return { contentType: registry.contentType, body: await metrics.text() };
  }

  /** @throws Error when decisions could not be logged in time */
  async close(): Promise<void> {
    if (this.stopping) return;
    this.stopping = true;
    await Promise.all([...this.repeated.map((task) => task.stop()), this.retractions.close()]);
    const lost = await this.decisions.close(this.drainMs);
    // What fails here loses nothing: the log is the truth, and another replica folds it.
    await this.tidyUp().catch((error: unknown) =>
      this.logger.warn(
        { error: String(error) },
        'the database did not answer at the end; the next start does what is left',
      ),
    );
    await this.host.store.close();
    if (lost > 0) throw new Error(`${lost} decisions could not be logged before the end`);
  }

  private async tidyUp(): Promise<void> {
    const { store, stripe, owner } = this.host;
    const closed = await Promise.allSettled([
      this.changes.close(),
      ...this.registry.all().map((router) => router.close()),
    ]);
    await foldStripes(store, { stripe });
    await releaseStripe(store, stripe, owner);
    for (const result of closed) if (result.status === 'rejected') throw result.reason;
  }

  private decide(
    router: HostedRouter,
    request: RouteRequest,
    embeddings: Parameters<typeof router.live.decide>[2],
  ): RouteAnswer {
    const start = performance.now();
    const decision = router.live.decide(request, this.nextId(), embeddings);
    const dry = request.dry_run === true;
    const token = dry ? undefined : this.keys.sign(tokenPayload(decision.logged));
    if (!dry) {
      this.decisions.add(decision.logged);
      router.recent.add(decision.logged.arm, this.host.clock());
      this.host.metrics.decisions.add(request.router, decision.logged.arm);
    }
    this.host.metrics.deciding.observe((performance.now() - start) / 1000);
    return answerOf(decision, token);
  }

  private async logDecisions(batch: readonly LoggedDecision[]): Promise<void> {
    const stop = this.host.metrics.commits.startTimer({ kind: 'decisions' });
    const insert = () => insertDecisions(this.host.store, batch, this.now());
    const { tracing } = this.host;
    const refused = await (tracing
      ? tracing.apart(
          'tradewind.commit',
          { 'tradewind.commit.kind': 'decisions', 'tradewind.commit.rows': batch.length },
          insert,
        )
      : insert());
    stop();
    for (const { decision, reason } of refused)
      this.logger.error({ decision: decision.id, reason }, 'a decision cannot be logged');
  }

  /** The routers that a decision may belong to. */
  private recordsOf(router: string | undefined): RouterRecord[] {
    const routers = router === undefined ? this.registry.all() : [this.registry.find(router)];
    return routers.map(({ record }) => record);
  }

  private async keepStripe(): Promise<void> {
    const { store, stripe, owner } = this.host;
    if (await keepStripe(store, stripe, owner)) return;
    this.logger.warn({ stripe }, 'another replica took over the stripe of this one; versions keep their writes apart');
  }

  private async fold(behind: number): Promise<void> {
    const { store, stripe, metrics } = this.host;
    metrics.folded.inc(await foldStripes(store, { stripe, behind }));
  }

  private ran(task: string, outcome: 'success' | 'failure'): void {
    const { tasks, lastRun } = this.host.metrics;
    tasks.inc({ task, outcome });
    if (outcome === 'success') lastRun.set({ task }, Date.now() / 1000);
  }

  private now(): Date {
    return new Date(this.host.clock());
  }
}
