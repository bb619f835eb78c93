/**
 * What a running Tradewind can do, whoever asks: the HTTP API, the command line and `createRouter()` all speak to this.
 * Everything throws `Problem` for what a caller can mend.
 */
import type { Explanation } from '../routing/explain.js';
import type { ProfileRow } from '../routing/profile.js';
import type { FeedbackItem, FeedbackResult, RouteAnswer, RouteRequest } from '../routing/request.js';
import type { Arm, Change, RouterSpec } from '../routing/spec.js';
import type { EvaluationQuestion, WindowEvaluation } from './evaluate.js';
import type { ExportedState } from './exported-state.js';
import type { ArmPatch, RouterPatch } from './spec-changes.js';
import type { RouterOverview } from './overview.js';
import type { RetractionBody, RetractionPreview, RetractionState } from './retractions.js';

export interface RouterState {
  readonly spec: RouterSpec;
  readonly revision: number;
  readonly created_at: string;
  readonly changed_at: string;
  readonly features: { readonly schema: string; readonly dimension: number; readonly labels: readonly string[] };
  /** Changes of arms that nobody told and the service found, in order of time; beside those that the spec declares. */
  readonly detected_changes?: readonly Change[];
  /** Outcomes in the statistics of the live view, per metric. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly view: string;
}

/** How ready the process is: `degraded` still routes, but can't store. */
export interface Readiness {
  readonly status: 'ready' | 'degraded' | 'starting' | 'stopping';
  readonly reasons: readonly string[];
}

export interface Service {
  /** Synchronous on purpose: no database and no await between question and answer (embeddings are fetched before). */
  route(request: RouteRequest): RouteAnswer | Promise<RouteAnswer>;
  /** Resolves after the commit, one result per item in order; throws Problem 'overloaded' | 'database-unavailable' for the batch. */
  feedback(items: readonly FeedbackItem[]): Promise<FeedbackResult[]>;

  listRouters(): RouterState[];
  readRouter(id: string): RouterState;
  createRouter(spec: RouterSpec): Promise<RouterState>;
  /** Replaces the given members of the declaration; null removes one. @param revision when given, the revision the change was made from. */
  changeRouter(id: string, patch: RouterPatch, revision?: number): Promise<RouterState>;
  addArm(id: string, arm: Arm): Promise<RouterState>;
  changeArm(id: string, armId: string, patch: ArmPatch): Promise<RouterState>;
  removeArm(id: string, armId: string): Promise<RouterState>;
  readProfiles(id: string): readonly ProfileRow[];
  importProfiles(id: string, rows: unknown, mode: 'merge' | 'replace'): Promise<{ rows: number; revision: number }>;
  /** Stores a fitted text encoder and makes the feature use it. @param artifact base64 */
  putEncoder(id: string, feature: string, artifact: string): Promise<RouterState>;
  exportState(id: string): Promise<ExportedState>;
  importState(id: string, state: unknown): Promise<RouterState>;
  explain(id: string, decisionId: string): Promise<Explanation>;

  /** What a changed router would have earned over a window of the log; one at a time. @throws Problem 'overloaded' | 'not-evaluable' */
  evaluate(id: string, question: EvaluationQuestion): Promise<WindowEvaluation>;

  /** Takes back what a source reported, in the background; only counts it where a dry run is asked for. @throws Problem 'retraction-running' */
  retract(id: string, question: RetractionBody): Promise<RetractionState | RetractionPreview>;
  /** The newest first. */
  listRetractions(id: string): Promise<RetractionState[]>;
  readRetraction(id: string, retraction: number): Promise<RetractionState>;

  overview(id: string): RouterOverview;

  readiness(): Readiness;
  /** Prometheus exposition text, and its content type. */
  metrics(): Promise<{ readonly contentType: string; readonly body: string }>;
  /** Flushes what is queued, then closes. */
  close(): Promise<void>;
}
