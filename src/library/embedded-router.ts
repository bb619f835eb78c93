/** One router inside a program: what the service does over HTTP, as functions. */
import type { Explanation } from '../routing/explain.js';
import type { TextEncoderArtifact } from '../routing/features/text-encoder-artifact.js';
import type { ProfileRow } from '../routing/profile.js';
import type { FeedbackResult } from '../routing/request.js';
import type { Arm, RouterSpec } from '../routing/spec.js';
import type { ExportedState } from '../runtime/exported-state.js';
import type { RouterState } from '../runtime/service.js';
import type { Answered, Question, Report } from './names.js';

export interface EmbeddedRouter<S extends RouterSpec = RouterSpec> {
  /**
   * Chooses an arm. The answer is there at once, without a promise, unless a feature declares an embeddings endpoint.
   * @throws Problem when the request does not fit the router, or 'overloaded' when decisions cannot be logged
   */
  route(request: Question<S>): Answered<S>;

  /**
   * Takes in what came of decisions: applied, duplicate, late or rejected, one result per item in order. With a store it
   * resolves after the commit. What a result rejects is told in it; only the failure of all of them rejects the promise.
   * @throws Problem 'overloaded' | 'database-unavailable'
   */
  feedback(report: Report<S>): Promise<FeedbackResult>;
  feedback(reports: readonly Report<S>[]): Promise<FeedbackResult[]>;

  /** Why a decision came out as it did. @throws Problem 'unknown-decision' | 'not-explainable' */
  explain(decisionId: string): Promise<Explanation>;

  /** The declaration as it stands, and how much was learned. */
  state(): RouterState;
  profiles(): readonly ProfileRow[];
  /** @param mode merge (default) keeps rows of other arms and tasks @throws Problem 'invalid-profile' */
  importProfiles(rows: readonly ProfileRow[], mode?: 'merge' | 'replace'): Promise<{ rows: number; revision: number }>;

  /** Replaces members of the declaration; what was learned under the same features stays. @throws Problem 'invalid-router' */
  change(patch: Partial<Omit<RouterSpec, 'id'>>): Promise<RouterState>;
  addArm(arm: Arm): Promise<RouterState>;
  changeArm(id: string, patch: Partial<Omit<Arm, 'id'>>): Promise<RouterState>;
  removeArm(id: string): Promise<RouterState>;
  /** Makes a text feature use an encoder that `fitTextEncoder` gave. */
  useEncoder(feature: string, encoder: TextEncoderArtifact): Promise<RouterState>;

  /** All that the router knows, as JSON. */
  exportState(): Promise<ExportedState>;
  /** Takes over what another router of this name knew: its declaration, profiles and statistics. @throws Problem 'invalid-state' */
  importState(state: unknown): Promise<RouterState>;

  /** Flushes what is queued and gives everything back; the router cannot be used afterwards. */
  close(): Promise<void>;
}
