/**
 * A router without a store: it decides, learns and explains like one with a store, and forgets everything when it is
 * closed. Decision and outcome are each one synchronous step.
 */
import { randomBytes } from 'node:crypto';

import { detectionOf } from '../routing/changes/detection.js';
import { ChangeFinder } from '../routing/changes/finder.js';
import { mergedChanges } from '../routing/changes/merged.js';
import { explain, type Explanation } from '../routing/explain.js';
import type { TextEncoderArtifact } from '../routing/features/text-encoder-artifact.js';
import type { Embeddings } from '../routing/features/encoder.js';
import type { FeedbackTarget } from '../routing/learn.js';
import { OutcomeLog } from '../routing/outcome-log.js';
import type { OutcomeRow, OutcomeStatus } from '../routing/outcome.js';
import { Problem } from '../routing/problem.js';
import type { ProfileRow } from '../routing/profile.js';
import { checkProfiles } from '../routing/profiles/check.js';
import type { FeedbackItem, FeedbackResult, RouteAnswer, RouteRequest } from '../routing/request.js';
import { learnedProfile, mergeProfiles } from '../routing/reseed.js';
import { buildRouter, type Router, type RouterParts } from '../routing/router.js';
import { metricsOf } from '../routing/settings.js';
import type { Arm, Change, RouterSpec } from '../routing/spec.js';
import { answerOf, tokenPayload } from '../runtime/answer.js';
import { decisionIds } from '../runtime/decision-ids.js';
import { createEmbeddingsClient, type EmbeddingsClient } from '../runtime/embeddings.js';
import {
  alreadyLearned,
  assertImportable,
  exportState,
  readState,
  type ExportedState,
} from '../runtime/exported-state.js';
import { FeedbackDesk } from '../runtime/feedback-desk.js';
import { KeyRing, type SigningKey } from '../runtime/key-ring.js';
import { LiveRouter } from '../runtime/live-router.js';
import { newOutcomes } from '../runtime/outcome-feed.js';
import { stateOf } from '../runtime/router-state.js';
import type { RouterState } from '../runtime/service.js';
import {
  patched,
  withArm,
  withArmChanged,
  withEncoder,
  withoutArm,
  type ArmPatch,
  type RouterPatch,
} from '../runtime/spec-changes.js';
import { checkQuestion, checkReports } from './checks.js';
import { routerClosed } from './closed.js';
import { Journal } from './journal.js';

const tenant = 'default';
/** The one stripe that everything is learned into. */
const stripe = '0';
/** Earlier revisions whose decisions can be explained. */
const mostRevisions = 1_000;

export interface MemoryRouterOptions {
  readonly spec: RouterSpec;
  readonly profiles: readonly ProfileRow[];
  readonly keys: readonly SigningKey[];
  readonly clock: () => number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export class MemoryRouter {
  private readonly live: LiveRouter;
  private readonly log = new OutcomeLog();
  private readonly journal = new Journal();
  private readonly keyRing: KeyRing;
  private readonly desk: FeedbackDesk;
  private readonly embeddings: EmbeddingsClient;
  private readonly nextId: () => string;
  /** As its owner declares it; the live router knows the changes that were detected as well. */
  private declared: RouterSpec;
  private detected: readonly Change[] = [];
  private finder: ChangeFinder | undefined;
  /** What earlier revisions were built from, the oldest first. */
  private readonly earlier = new Map<number, RouterParts>();
  private hasLearned = false;
  private closed = false;
  private readonly createdAt: Date;
  private changedAt: Date;

  constructor(private readonly options: MemoryRouterOptions) {
    const { spec, clock, keys, env } = options;
    const bare = { tenant, spec, revision: 1, profiles: [], encoders: new Map(), secret: randomBytes(32) };
    this.createdAt = this.changedAt = new Date(clock());
    this.declared = spec;
    this.keyRing = new KeyRing(keys);
    this.nextId = decisionIds(clock);
    this.embeddings = createEmbeddingsClient({ env });
    this.live = new LiveRouter({ parts: { ...bare, profiles: this.checked(spec, options.profiles) }, clock });
    this.desk = new FeedbackDesk({
      verify: (token) => this.keyRing.verify(token),
      lookUp: async (id) => this.targetOf(id),
      find: (id) => this.takerOf(id),
      stored: async (_router, ids) => ids.flatMap((id) => this.log.of(id)),
      tenant,
      clock,
      onResult: () => undefined,
    });
    this.watch();
  }

  route(question: Omit<RouteRequest, 'router'>): RouteAnswer | Promise<RouteAnswer> {
    this.assertOpen();
    checkQuestion(question);
    const { spec } = this.live.router;
    const request = { ...question, router: spec.id };
    const embeddings = this.embeddings.embeddingsOf(spec.features, request.context);
    if (embeddings instanceof Promise) return embeddings.then((found) => this.decide(request, found));
    return this.decide(request, embeddings);
  }

  feedback(report: FeedbackItem): Promise<FeedbackResult>;
  feedback(reports: readonly FeedbackItem[]): Promise<FeedbackResult[]>;
  async feedback(reports: FeedbackItem | readonly FeedbackItem[]): Promise<FeedbackResult | FeedbackResult[]> {
    const items = [reports].flat() as readonly FeedbackItem[];
    this.assertOpen();
    checkReports(items);
    const results = await this.desk.take(items);
    return Array.isArray(reports) ? results : results[0];
  }

  async explain(decisionId: string): Promise<Explanation> {
    this.assertOpen();
    const logged = this.journal.find(decisionId);
    const router = this.routerAt(logged.revision);
    const sums = this.journal.sumsAt(logged.view[stripe] ?? 0, router.spec, this.live.statistics);
    return explain(router, sums, logged);
  }

  state(): RouterState {
    const { live, createdAt, changedAt, declared: spec, detected: changes } = this;
    return stateOf({ record: { spec, changes, revision: live.router.revision, createdAt, changedAt }, live });
  }

  profiles(): readonly ProfileRow[] {
    return this.live.router.profiles;
  }

  async importProfiles(rows: readonly ProfileRow[], mode: 'merge' | 'replace' = 'merge') {
    const { profiles } = this.live.router;
    const checked = this.checked(this.declared, rows);
    this.replace({ profiles: mode === 'replace' ? checked : mergeProfiles(profiles, checked) });
    return { rows: this.live.router.profiles.length, revision: this.live.router.revision };
  }

  async change(patch: RouterPatch): Promise<RouterState> {
    return this.revise((spec) => patched(spec, patch));
  }

  async addArm(arm: Arm): Promise<RouterState> {
    return this.revise((spec) => withArm(spec, arm));
  }

  async changeArm(id: string, patch: ArmPatch): Promise<RouterState> {
    return this.revise((spec) => withArmChanged(spec, id, patch));
  }

  async removeArm(id: string): Promise<RouterState> {
    return this.revise((spec) => withoutArm(spec, id));
  }

  async useEncoder(feature: string, encoder: TextEncoderArtifact): Promise<RouterState> {
    const encoders = new Map(this.live.router.encoders).set(encoder.hash, encoder);
    return this.revise((spec) => withEncoder(spec, feature, encoder), { encoders });
  }

  async exportState(): Promise<ExportedState> {
    return exportState(this.live);
  }

  async importState(value: unknown): Promise<RouterState> {
    const { state, cells, encoders } = readState(value);
    const before = this.declared;
    const spec = patched(before, { ...state.spec, id: before.id });
    assertImportable({ spec, state, cells, encoders, now: this.options.clock() });
    if (this.hasLearned) throw alreadyLearned(spec.id);
    const byHash = new Map(encoders.map((encoder) => [encoder.hash, encoder]));
    this.replace({ spec, profiles: state.profiles, encoders: byHash });
    this.live.reload(cells, this.nextVersions());
    return this.state();
  }

  async close(): Promise<void> {
    this.closed = true;
    this.live.close();
  }

  private assertOpen(): void {
    if (this.closed) throw routerClosed(this.declared.id);
  }

  private decide(request: RouteRequest, embeddings: Embeddings | undefined): RouteAnswer {
    const decision = this.live.decide(request, this.nextId(), embeddings);
    if (request.dry_run === true) return answerOf(decision, undefined);
    this.journal.decided(decision.logged);
    return answerOf(decision, this.keyRing.sign(tokenPayload(decision.logged)));
  }

  private targetOf(decisionId: string): FeedbackTarget {
    return { ...this.journal.find(decisionId), decisionId };
  }

  private takerOf(id: string) {
    const { router } = this.live;
    if (id !== router.spec.id)
      throw new Problem('unknown-router', `expected feedback for router "${router.spec.id}", got "${id}"`);
    return { router, add: async (rows: readonly OutcomeRow[]) => this.learn(rows) };
  }

  private learn(rows: readonly OutcomeRow[]): readonly OutcomeStatus[] {
    const { statuses, added, corrected } = this.log.apply(rows);
    this.log.dropBefore(this.options.clock() - this.live.router.settings.feedbackWindowMs);
    if (added.length === 0) return statuses;
    this.hasLearned = true;
    const versions = this.nextVersions();
    this.journal.learned({ version: versions[stripe], added, corrected });
    this.observe(newOutcomes(added, corrected));
    this.live.learn({ added, corrected, versions });
    this.record();
    return statuses;
  }

  /** Outcomes give changes away that nobody tells; the service does this in a replica of its own choice. */
  private observe(rows: readonly OutcomeRow[]): void {
    const { finder } = this;
    if (!finder) return;
    for (const row of finder.watched(rows)) finder.observe(this.live.view, row, this.options.clock());
  }

  /** What was found is recorded beside the declaration, as the next revision. */
  private record(): void {
    if (!this.finder?.waiting) return;
    const fresh = this.finder.fresh(this.declared, this.detected, new Date(this.options.clock()));
    this.finder.clear();
    if (fresh.length === 0) return;
    this.detected = [...this.detected, ...fresh];
    this.replace({});
  }

  private watch(): void {
    const detection = detectionOf(this.declared);
    if (!detection) this.finder = undefined;
    else if (this.finder) this.finder.heed(detection);
    else this.finder = new ChangeFinder(detection);
  }

  /** @throws Problem 'not-explainable' for a revision too long ago */
  private routerAt(revision: number): Router {
    const { router } = this.live;
    if (revision === router.revision) return router;
    const parts = this.earlier.get(revision);
    if (parts) return buildRouter(parts);
    const detail = `the decision was made by revision ${revision}; without a store the latest ${mostRevisions} can be explained, and the present one is ${router.revision}`;
    throw new Problem('not-explainable', detail);
  }

  private nextVersions(): Readonly<Record<string, number>> {
    return { [stripe]: (this.live.versions[stripe] ?? 0) + 1 };
  }

  private revise(change: (spec: RouterSpec) => RouterSpec, parts: Partial<RouterParts> = {}): RouterState {
    this.replace({ spec: change(this.declared), ...parts });
    return this.state();
  }

  /** New statistics start from what the old ones had learned. */
  private replace(changes: Partial<RouterParts>): void {
    this.assertOpen();
    const { router } = this.live;
    const before = partsOf(router);
    const declared = changes.spec ?? this.declared;
    const parts = { ...before, ...changes, spec: withChanges(declared, this.detected) };
    const today = new Date(this.options.clock()).toISOString().slice(0, 10);
    const same = buildRouter(parts).schema === router.schema;
    const seeded = same ? parts.profiles : mergeProfiles(parts.profiles, learnedProfile(this.live.view, today));
    this.live.replace({ ...parts, profiles: seeded, revision: router.revision + 1 });
    this.earlier.set(router.revision, before);
    if (this.earlier.size > mostRevisions) this.earlier.delete(this.earlier.keys().next().value!);
    this.declared = declared;
    this.watch();
    this.changedAt = new Date(this.options.clock());
  }

  private checked(spec: RouterSpec, rows: readonly ProfileRow[]): ProfileRow[] {
    const arms = spec.arms.map((arm) => arm.id);
    return checkProfiles(rows, metricsOf(spec), { now: this.options.clock(), arms });
  }
}

function partsOf({ tenant, spec, revision, profiles, encoders, secret }: Router): RouterParts {
  return { tenant, spec, revision, profiles, encoders, secret };
}

/** The declaration with what was detected, as posteriors are formed by it. */
const withChanges = (spec: RouterSpec, detected: readonly Change[]): RouterSpec =>
  detected.length === 0 ? spec : { ...spec, changes: mergedChanges(spec.changes ?? [], detected, metricsOf(spec)) };
