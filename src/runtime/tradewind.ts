/**
 * A running Tradewind with its memory in a store: the composition of the parts in this folder, and what callers may ask.
 */
import { randomUUID } from 'node:crypto';

import { explain, type Explanation } from '../routing/explain.js';
import { exampleProfiles, exampleRouter } from '../routing/profiles/example-router.js';
import { checkProfiles } from '../routing/profiles/check.js';
import { mergeProfiles } from '../routing/reseed.js';
import { metricsOf } from '../routing/settings.js';
import { Problem } from '../routing/problem.js';
import type { ProfileRow } from '../routing/profile.js';
import type { LoggedDecision } from '../routing/decision.js';
import type { FeedbackTarget } from '../routing/learn.js';
import type { FeedbackItem, FeedbackResult, RouteAnswer, RouteRequest } from '../routing/request.js';
import { buildRouter } from '../routing/router.js';
import type { Arm, RouterSpec } from '../routing/spec.js';
import { StatisticsTable } from '../routing/statistics-table.js';
import { isUuidV7, uuidBytes, uuidText, uuidTimeMs } from '../routing/uuid.js';
import { putArtifact } from '../store/artifacts.js';
import { claimStripe, keepStripe, releaseStripe } from '../store/claim-stripe.js';
import { foldStripes } from '../store/fold-stripes.js';
import { importStatistics } from '../store/import-statistics.js';
import { insertDecisions } from '../store/insert-decisions.js';
import { maintain } from '../store/maintain.js';
import { readDecision } from '../store/read-decisions.js';
import { readRouter } from '../store/read-router.js';
import { signingKeys } from '../store/signing-keys.js';
import { statisticsAt } from '../store/statistics-at.js';
import type { Store } from '../store/store.js';
import { answerOf, tokenPayload } from './answer.js';
import { DecisionBatcher } from './decision-batcher.js';
import { decisionIds } from './decision-ids.js';
import { createEmbeddingsClient, type EmbeddingsClient } from './embeddings.js';
import { evaluateWindow, type EvaluationQuestion, type WindowEvaluation } from './evaluate.js';
import { assertImportable, exportState, readEncoder, readState, type ExportedState } from './exported-state.js';
import { FeedbackDesk } from './feedback-desk.js';
import type { HostedRouter } from './hosted-router.js';
import { KeyKeeper } from './key-keeper.js';
import { keyOfSecret } from './key-ring.js';
import { Metrics } from './metrics.js';
import { Registry } from './registry.js';
import { encoderKind, partsOf } from './router-parts.js';
import { overviewOf, type RouterOverview } from './overview.js';
import { repeat, type Repeated } from './repeat.js';
import type { Readiness, RouterState, Service } from './service.js';
import { patched, withArm, withArmChanged, withEncoder, withoutArm } from './spec-changes.js';
import { stateOf } from './router-state.js';
import { TaskHealth } from './task-health.js';

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
  await maintain(store);
  const owner = `${process.pid}-${randomUUID()}`;
  const host = {
    store,
    stripe: await claimStripe(store, owner),
    owner,
    clock,
    metrics: new Metrics(),
    feedbackCapacity: options.feedbackCapacity ?? 50_000,
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

export class Tradewind implements Service {
  private readonly decisions: DecisionBatcher;
  private readonly desk: FeedbackDesk;
  private readonly embeddings: EmbeddingsClient;
  private readonly nextId: () => string;
  private readonly repeated: Repeated[];
  private readonly health: TaskHealth;
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
      lingerMs: 20,
      retryMs: 250,
    });
    this.desk = new FeedbackDesk({
      verify: (token) => keys.verify(token),
      lookUp: (id, router) => this.lookUp(id, router),
      find: (id) => registry.lookFor(id),
      tenant: registry.tenant,
      clock: host.clock,
      onResult: (router, status) => host.metrics.feedback.inc({ router, status }),
    });
    this.embeddings = createEmbeddingsClient({
      env: options.env ?? process.env,
      onFailure: (failure) => logger.warn(failure, 'an embedding could not be fetched; the built-in features stand in'),
    });
    this.health = new TaskHealth('follow', logger);
    this.repeated = [
      repeat(
        options.pollMs ?? 250,
        this.health.watched('follow', () => registry.follow()),
      ),
      repeat(
        1_000,
        this.health.watched('budgets', () => this.saveBudgets()),
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
        60_000,
        this.health.watched('fold', () => foldStripes(host.store, { stripe: host.stripe, behind: 200 })),
      ),
      repeat(
        3_600_000,
        this.health.watched('maintenance', () => maintain(host.store)),
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
    return this.registry.all().map(stateOf);
  }

  readRouter(id: string): RouterState {
    return stateOf(this.registry.find(id));
  }

  async createRouter(spec: RouterSpec): Promise<RouterState> {
    return stateOf(await this.registry.create(spec));
  }

  changeRouter(id: string, patch: Partial<RouterSpec>, revision?: number): Promise<RouterState> {
    return this.revise(id, (spec) => patched(spec, patch), revision);
  }

  addArm(id: string, arm: Arm): Promise<RouterState> {
    return this.revise(id, (spec) => withArm(spec, arm));
  }

  changeArm(id: string, armId: string, patch: Partial<Arm>): Promise<RouterState> {
    return this.revise(id, (spec) => withArmChanged(spec, armId, patch));
  }

  removeArm(id: string, armId: string): Promise<RouterState> {
    return this.revise(id, (spec) => withoutArm(spec, armId));
  }

  overview(id: string): RouterOverview {
    const { live, recent } = this.registry.find(id);
    return overviewOf(live, recent.recent(), this.host.clock());
  }

  readProfiles(id: string): readonly ProfileRow[] {
    return this.registry.find(id).record.profiles;
  }

  async importProfiles(
    id: string,
    rows: unknown,
    mode: 'merge' | 'replace',
  ): Promise<{ rows: number; revision: number }> {
    const router = await this.registry.revise(id, ({ spec, profiles }) => {
      const arms = spec.arms.map((arm) => arm.id);
      const checked = checkProfiles(rows, metricsOf(spec), { now: this.host.clock(), arms });
      return { profiles: mode === 'replace' ? checked : mergeProfiles(profiles, checked) };
    });
    return { rows: router.record.profiles.length, revision: router.record.revision };
  }

  async putEncoder(id: string, feature: string, artifact: string): Promise<RouterState> {
    const encoder = readEncoder(artifact);
    const { record } = this.registry.find(id);
    withEncoder(record.spec, feature, encoder);
    const stored = { hash: encoder.hash, kind: encoderKind, bytes: encoder.toBytes() };
    await putArtifact(this.host.store, record, stored, this.now());
    return this.revise(id, (spec) => withEncoder(spec, feature, encoder));
  }

  async exportState(id: string): Promise<ExportedState> {
    return exportState(this.registry.find(id).live);
  }

  async importState(id: string, value: unknown): Promise<RouterState> {
    const { state, cells, encoders } = readState(value);
    if (state.spec.id !== id)
      throw new Problem('invalid-state', `expected the state of router "${id}", got that of "${state.spec.id}"`);
    const known = this.registry.all().find(({ record }) => record.router === id);
    const spec = known ? patched(known.record.spec, state.spec) : state.spec;
    assertImportable({ spec, state, cells, encoders });
    if (!known) await this.registry.create({ ...state.spec, features: [] });
    const { record } = this.registry.find(id);
    for (const encoder of encoders) {
      const stored = { hash: encoder.hash, kind: encoderKind, bytes: encoder.toBytes() };
      await putArtifact(this.host.store, record, stored, this.now());
    }
    const router = await this.registry.revise(id, (before) => ({
      spec: patched(before.spec, state.spec),
      profiles: state.profiles,
    }));
    await importStatistics(this.host.store, record, cells, this.host.owner, this.now());
    await router.refresh();
    return stateOf(router);
  }

  async explain(id: string, decisionId: string): Promise<Explanation> {
    const { record } = this.registry.find(id);
    const logged = await this.loggedDecision(record.router, decisionId);
    const then = await readRouter(this.host.store, record, logged.revision);
    const router = buildRouter(await partsOf(this.host.store, then));
    const decidedAt = new Date(uuidTimeMs(uuidBytes(logged.id)));
    const windowMs = router.settings.feedbackWindowMs;
    const cells = await statisticsAt(this.host.store, record, { versions: logged.view, decidedAt, windowMs });
    const table = new StatisticsTable();
    for (const cell of cells) table.merge(cell);
    return explain(router, table, logged);
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
    const { registry, queued, price, broken } = this.host.metrics;
    queued.set({ queue: 'decisions' }, this.decisions.waiting);
    queued.set(
      { queue: 'feedback' },
      this.registry.all().reduce((sum, router) => sum + router.waiting, 0),
    );
    broken.reset();
    for (const { live } of this.registry.all()) {
      const router = live.router.spec.id;
      const conditions = live.conditions.at(this.host.clock());
      Object.keys(live.conditions.saved()).forEach((budget, b) => price.set({ router, budget }, conditions.prices[b]));
      for (const arm of conditions.broken) broken.set({ router, arm }, 1);
    }
    return { contentType: registry.contentType, body: await registry.metrics() };
  }

  /** @throws Error when decisions could not be logged in time */
  async close(): Promise<void> {
    if (this.stopping) return;
    this.stopping = true;
    await Promise.all(this.repeated.map((task) => task.stop()));
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
    const closed = await Promise.allSettled(this.registry.all().map((router) => router.close()));
    await foldStripes(store, { stripe });
    await releaseStripe(store, stripe, owner);
    for (const result of closed) if (result.status === 'rejected') throw result.reason;
  }

  private decide(
    router: HostedRouter,
    request: RouteRequest,
    embeddings: Parameters<typeof router.live.decide>[2],
  ): RouteAnswer {
    const stop = this.host.metrics.deciding.startTimer();
    const decision = router.live.decide(request, this.nextId(), embeddings);
    const dry = request.dry_run === true;
    const token = dry ? undefined : this.keys.sign(tokenPayload(decision.logged));
    if (!dry) {
      this.decisions.add(decision.logged);
      router.recent.add(decision.logged.arm, this.host.clock());
    }
    stop();
    this.host.metrics.decisions.inc({ router: request.router, arm: decision.logged.arm });
    return answerOf(decision, token);
  }

  private async logDecisions(batch: readonly LoggedDecision[]): Promise<void> {
    const stop = this.host.metrics.commits.startTimer({ kind: 'decisions' });
    const refused = await insertDecisions(this.host.store, batch, this.now());
    stop();
    for (const { decision, reason } of refused)
      this.logger.error({ decision: decision.id, reason }, 'a decision cannot be logged');
  }

  private async lookUp(decisionId: string, router: string | undefined): Promise<FeedbackTarget> {
    const routers = router === undefined ? this.registry.all() : [this.registry.find(router)];
    for (const { record } of routers) {
      const logged = await this.loggedDecision(record.router, decisionId).catch(unlessUnknown);
      if (logged) return { ...logged, decisionId: logged.id };
    }
    throw new Problem(
      'unknown-decision',
      `expected the id of a decision of ${router ?? 'any router'}, got ${decisionId}`,
    );
  }

  /** A decision from the log, or on its way there. */
  private async loggedDecision(router: string, id: string): Promise<LoggedDecision> {
    if (!isUuidV7(uuidBytes(id)))
      throw new Problem('unknown-decision', `expected the id of a decision, a UUIDv7; got ${id}`);
    const waiting = this.decisions.find(uuidText(uuidBytes(id)));
    if (waiting?.router === router) return waiting;
    return readDecision(this.host.store, { tenant: this.registry.tenant, router }, id);
  }

  private async revise(id: string, change: (spec: RouterSpec) => RouterSpec, revision?: number): Promise<RouterState> {
    return stateOf(await this.registry.revise(id, ({ spec }) => ({ spec: change(spec) }), revision));
  }

  private async saveBudgets(): Promise<void> {
    for (const router of this.registry.all()) await router.saveBudgets();
  }

  private async keepStripe(): Promise<void> {
    const { store, stripe, owner } = this.host;
    if (await keepStripe(store, stripe, owner)) return;
    this.logger.warn({ stripe }, 'another replica took over the stripe of this one; versions keep their writes apart');
  }

  private now(): Date {
    return new Date(this.host.clock());
  }
}

function unlessUnknown(error: unknown): undefined {
  if (error instanceof Problem && error.code === 'unknown-decision') return undefined;
  throw error;
}
