/**
 * A running Tradewind with its memory in a store: the composition of the parts in this folder, and what callers may ask.
 * `start-tradewind.ts` opens one.
 */
import type { FeedbackItem, RouteAnswer, RouteRequest } from '../routing/request.js';
import type { Arm, RouterSpec } from '../routing/spec.js';
import { foldStripes } from '../store/fold-stripes.js';
import { readOutcomes } from '../store/read-outcomes.js';
import type { RouterRecord } from '../store/router-record.js';
import { Background } from './background-tasks.js';
import { ChangeWatcher } from './change-watcher.js';
import { DecisionDesk } from './decision-desk.js';
import type { EvaluationQuestion } from './evaluate.js';
import { EvaluationDesk } from './evaluation-desk.js';
import { FeedbackDesk } from './feedback-desk.js';
import { setGauges } from './gauges.js';
import type { Host } from './hosted-router.js';
import type { KeyKeeper } from './key-keeper.js';
import { LoggedDecisions } from './logged-decisions.js';
import { overviewOf } from './overview.js';
import type { Registry } from './registry.js';
import { Retractions, type RetractionBody } from './retractions.js';
import { RouterAdministration } from './router-administration.js';
import { quiet, type RuntimeLogger } from './runtime-logger.js';
import type { Readiness, Service } from './service.js';
import type { ArmPatch, RouterPatch } from './spec-changes.js';
import type { TradewindOptions } from './tradewind-options.js';

const defaultDrainMs = 8_000;
const defaultDecisionCapacity = 50_000;
const defaultPollMs = 250;

export class Tradewind implements Service {
  private readonly decisions: DecisionDesk;
  private readonly desk: FeedbackDesk;
  private readonly logged: LoggedDecisions;
  private readonly routers: RouterAdministration;
  private readonly evaluations: EvaluationDesk;
  private readonly retractions: Retractions;
  private readonly changes: ChangeWatcher;
  private readonly background: Background;
  private readonly logger: RuntimeLogger;
  private readonly drainMs: number;
  private stopping = false;

  constructor(
    private readonly host: Host,
    private readonly registry: Registry,
    keys: KeyKeeper,
    options: TradewindOptions,
  ) {
    const { store, lease, clock, metrics } = host;
    const { logger = quiet, env = process.env, pollMs = defaultPollMs } = options;
    const capacity = options.decisionCapacity ?? defaultDecisionCapacity;
    this.logger = logger;
    this.drainMs = options.drainMs ?? defaultDrainMs;
    this.decisions = new DecisionDesk({ host, registry, keys, logger, env, capacity });
    this.logged = new LoggedDecisions(store, this.decisions.queue);
    this.routers = new RouterAdministration(host, registry);
    this.evaluations = new EvaluationDesk(host);
    this.desk = new FeedbackDesk({
      verify: (token) => keys.verify(token),
      lookUp: (id, router) => this.logged.target(this.recordsOf(router), id),
      find: (id) => registry.lookFor(id),
      stored: (router, ids) => readOutcomes(store, this.recordOf(router), ids),
      tenant: registry.tenant,
      clock,
      // What a caller calls a router is no label: anybody could make as many as they like.
      onResult: (router, status) => metrics.feedback.inc({ router: registry.has(router) ? router : 'unknown', status }),
    });
    const onRetracted = (router: string, outcomes: number) => metrics.retracted.inc({ router }, outcomes);
    this.retractions = new Retractions({ store, owner: lease.owner, clock, logger, onRetracted });
    this.changes = new ChangeWatcher(host, registry);
    const { retractions, changes } = this;
    this.background = new Background({ host, registry, keys, changes, retractions, logger, pollMs });
  }

  route(request: RouteRequest): RouteAnswer | Promise<RouteAnswer> {
    return this.decisions.route(request);
  }

  feedback = (items: readonly FeedbackItem[]) => this.desk.take(items);

  listRouters = () => this.routers.list();
  readRouter = (id: string) => this.routers.read(id);
  createRouter = (spec: RouterSpec) => this.routers.create(spec);
  changeRouter = (id: string, patch: RouterPatch, revision?: number) => this.routers.change(id, patch, revision);
  addArm = (id: string, arm: Arm) => this.routers.addArm(id, arm);
  changeArm = (id: string, arm: string, patch: ArmPatch) => this.routers.changeArm(id, arm, patch);
  removeArm = (id: string, arm: string) => this.routers.removeArm(id, arm);
  readProfiles = (id: string) => this.routers.readProfiles(id);
  importProfiles = (id: string, rows: unknown, mode: 'merge' | 'replace') =>
    this.routers.importProfiles(id, rows, mode);
  putEncoder = (id: string, feature: string, artifact: string) => this.routers.putEncoder(id, feature, artifact);
  exportState = (id: string) => this.routers.exportState(id);
  importState = (id: string, state: unknown) => this.routers.importState(id, state);

  overview = (id: string) => {
    const { live, recent } = this.registry.find(id);
    return overviewOf(live, recent.recent(), this.host.clock());
  };
  explain = async (id: string, decision: string) => this.logged.explain(this.recordOf(id), decision);
  evaluate = async (id: string, question: EvaluationQuestion) => this.evaluations.evaluate(this.recordOf(id), question);

  retract = async (id: string, question: RetractionBody) => this.retractions.request(this.recordOf(id), question);
  listRetractions = async (id: string) => this.retractions.list(this.recordOf(id));
  readRetraction = async (id: string, retraction: number) => this.retractions.read(this.recordOf(id), retraction);

  readiness(): Readiness {
    if (this.stopping) return { status: 'stopping', reasons: ['the process was told to stop'] };
    const reasons = [...this.background.reasons(), ...this.host.lease.reasons()];
    for (const { problem } of this.registry.leftOut.values()) reasons.push(problem.message);
    const { failingSince, waiting } = this.decisions.queue;
    if (failingSince) reasons.push(`${waiting} decisions wait to be logged since ${failingSince.toISOString()}`);
    return { status: reasons.length > 0 ? 'degraded' : 'ready', reasons };
  }

  async metrics(): Promise<{ readonly contentType: string; readonly body: string }> {
    const { metrics, clock } = this.host;
    setGauges(metrics, this.decisions.queue, this.registry.all(), clock());
    return { contentType: metrics.registry.contentType, body: await metrics.text() };
  }

  /** @throws Error when decisions could not be logged in time */
  async close(): Promise<void> {
    if (this.stopping) return;
    this.stopping = true;
    await Promise.all([this.background.stop(), this.retractions.close()]);
    const lost = await this.decisions.queue.close(this.drainMs);
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
    const { store, lease } = this.host;
    // The farewells of the budgets belong to a stripe that is still this replica's, and to no other.
    const kept = lease.keep();
    await Promise.allSettled([kept]);
    const closed = await Promise.allSettled([
      this.changes.close(),
      ...this.registry.all().map((router) => router.close()),
    ]);
    await kept;
    await foldStripes(store, { stripe: lease.stripe });
    await lease.release();
    for (const result of closed) if (result.status === 'rejected') throw result.reason;
  }

  private recordOf(router: string): RouterRecord {
    return this.registry.find(router).record;
  }

  /** The routers that a decision may belong to. */
  private recordsOf(router: string | undefined): RouterRecord[] {
    return router === undefined ? this.registry.all().map(({ record }) => record) : [this.recordOf(router)];
  }
}
