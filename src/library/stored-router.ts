/** One router of a service over a store, made or brought up to its declaration when it is opened. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

import type { TextEncoderArtifact } from '../routing/features/text-encoder-artifact.js';
import { Problem } from '../routing/problem.js';
import type { ProfileRow } from '../routing/profile.js';
import { mergeProfiles } from '../routing/reseed.js';
import type { FeedbackItem, FeedbackResult, RouteAnswer, RouteRequest } from '../routing/request.js';
import type { Arm, RouterSpec } from '../routing/spec.js';
import type { RouterState, Service } from '../runtime/service.js';
import type { ArmPatch, RouterPatch } from '../runtime/spec-changes.js';
import { checkQuestion, checkReports } from './checks.js';
import { routerClosed } from './closed.js';
import { redeclared } from './redeclare.js';

export class StoredRouter {
  private closed = false;

  private constructor(
    private readonly service: Service,
    private readonly id: string,
  ) {}

  static async open(service: Service, spec: RouterSpec, profiles: readonly ProfileRow[] | undefined) {
    await settled(() => declare(service, spec, profiles));
    return new StoredRouter(service, spec.id);
  }

  route(question: Omit<RouteRequest, 'router'>): RouteAnswer | Promise<RouteAnswer> {
    checkQuestion(question);
    return this.open.route({ ...question, router: this.id });
  }

  feedback(report: FeedbackItem): Promise<FeedbackResult>;
  feedback(reports: readonly FeedbackItem[]): Promise<FeedbackResult[]>;
  async feedback(reports: FeedbackItem | readonly FeedbackItem[]): Promise<FeedbackResult | FeedbackResult[]> {
    const items = [reports].flat() as readonly FeedbackItem[];
    checkReports(items);
    const results = await this.open.feedback(items.map((item) => ({ ...item, router: this.id })));
    return Array.isArray(reports) ? results : results[0];
  }

  async explain(decisionId: string) {
    return this.open.explain(this.id, decisionId);
  }

  state(): RouterState {
    return this.service.readRouter(this.id);
  }

  profiles(): readonly ProfileRow[] {
    return this.service.readProfiles(this.id);
  }

  async importProfiles(rows: readonly ProfileRow[], mode: 'merge' | 'replace' = 'merge') {
    return this.open.importProfiles(this.id, rows, mode);
  }

  async change(patch: RouterPatch): Promise<RouterState> {
    return this.open.changeRouter(this.id, patch);
  }

  async addArm(arm: Arm): Promise<RouterState> {
    return this.open.addArm(this.id, arm);
  }

  async changeArm(id: string, patch: ArmPatch): Promise<RouterState> {
    return this.open.changeArm(this.id, id, patch);
  }

  async removeArm(id: string): Promise<RouterState> {
    return this.open.removeArm(this.id, id);
  }

  async useEncoder(feature: string, encoder: TextEncoderArtifact): Promise<RouterState> {
    return this.open.putEncoder(this.id, feature, Buffer.from(encoder.toBytes()).toString('base64'));
  }

  async exportState() {
    return this.open.exportState(this.id);
  }

  async importState(state: unknown): Promise<RouterState> {
    return this.open.importState(this.id, state);
  }

  close(): Promise<void> {
    this.closed = true;
    return this.service.close();
  }

  /** What the router was can still be read from what it holds; everything else asks here. */
  private get open(): Service {
    if (this.closed) throw routerClosed(this.id);
    return this.service;
  }
}

/** Makes the router, or changes the stored one where its declaration or a profile differs. */
async function declare(service: Service, spec: RouterSpec, profiles: readonly ProfileRow[] | undefined): Promise<void> {
  const stored = service.listRouters().find((state) => state.spec.id === spec.id);
  if (!stored) await service.createRouter(spec);
  else {
    const wanted = redeclared(stored.spec, spec);
    if (!isDeepStrictEqual(asJson(wanted), asJson(stored.spec)))
      await service.changeRouter(spec.id, wanted, stored.revision);
  }
  if (!profiles) return;
  const before = service.readProfiles(spec.id);
  if (!isDeepStrictEqual(asJson(mergeProfiles(before, profiles)), asJson(before)))
    await service.importProfiles(spec.id, profiles, 'merge');
}

/** Replicas of one program start together: whoever comes second finds the router made, a moment later. */
async function settled(task: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await task();
    } catch (error) {
      const raced = error instanceof Problem && ['router-exists', 'revision-conflict'].includes(error.code);
      if (!raced || attempt === attempts) throw error;
      await sleep(pauseMs);
    }
  }
}

const attempts = 50;
const pauseMs = 100;

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
