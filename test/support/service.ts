/**
 * The service that HTTP tests run against: one router, two arms, in memory, nothing learned. It answers with the same
 * shapes and problems as the real one, which is what the tests of HTTP look at.
 */
import { createHmac, randomUUID } from 'node:crypto';

import { builtInMetrics } from '../../src/routing/metric.js';
import { Problem } from '../../src/routing/problem.js';
import type { FeedbackItem, FeedbackResult, RouteAnswer, RouteRequest } from '../../src/routing/request.js';
import type { ProfileRow } from '../../src/routing/profile.js';
import type { RouterSpec } from '../../src/routing/spec.js';
import type { RouterState, Service } from '../../src/runtime/service.js';

interface Kept {
  state: RouterState;
  profiles: ProfileRow[];
}

const SECRET = 'a secret for tests that is long enough';

export const exampleRouter: RouterSpec = {
  id: 'default',
  arms: [{ id: 'qwen/qwen3-8b' }, { id: 'small' }],
  features: [{ name: 'task', type: 'category', values: ['sentiment', 'qa'] }],
  objective: { accuracy: 1, energy_j: -0.0005 },
};

export async function startService(): Promise<Service> {
  const routers = new Map<string, Kept>();
  const reported = new Map<string, number>();
  const decisions = new Map<string, string>();

  const find = (id: string): Kept => {
    const kept = routers.get(id);
    if (!kept) throw new Problem('unknown-router', `Expected the id of a router, got ${JSON.stringify(id)}`);
    return kept;
  };
  const put = (id: string, spec: RouterSpec, profiles: ProfileRow[] = []): RouterState => {
    const now = new Date().toISOString();
    const before = routers.get(id)?.state;
    const state: RouterState = {
      spec,
      revision: (before?.revision ?? 0) + 1,
      created_at: before?.created_at ?? now,
      changed_at: now,
      features: { schema: 's', dimension: 2, labels: ['1', 'task=?'] },
      outcomes: {},
      view: 'v0',
    };
    routers.set(id, { state, profiles });
    return state;
  };
  const armIndex = (spec: RouterSpec, armId: string): number => {
    const index = spec.arms.findIndex(({ id }) => id === armId);
    if (index < 0) throw new Problem('unknown-arm', `Expected an arm of ${spec.id}, got ${JSON.stringify(armId)}`);
    return index;
  };
  const sign = (id: string) => `${id}.${createHmac('sha256', SECRET).update(id).digest('base64url')}`;

  const feedback = (item: FeedbackItem): FeedbackResult => {
    const id = item.decision_id ?? item.feedback_token!.split('.')[0]!;
    if (item.feedback_token !== undefined && item.feedback_token !== sign(id)) {
      return { status: 'rejected', code: 'invalid-token', detail: 'Expected a token of this service' };
    }
    if (!decisions.has(id)) return { status: 'rejected', code: 'unknown-decision', detail: `No decision ${id}` };
    for (const [metric, value] of Object.entries(item.metrics ?? {})) {
      const declared = builtInMetrics.find(({ name }) => name === metric);
      if (!declared || value < declared.minimum || value > declared.maximum) {
        return { status: 'rejected', decision_id: id, code: 'invalid-metric', detail: `${metric} is ${value}` };
      }
      const before = reported.get(`${id} ${metric}`);
      if (before === value) return { status: 'duplicate', decision_id: id };
      if (before !== undefined && !item.correction) {
        return {
          status: 'rejected',
          decision_id: id,
          code: 'feedback-conflict',
          detail: `Expected ${before} again, got ${value}`,
        };
      }
      reported.set(`${id} ${metric}`, value);
    }
    return { status: 'applied', decision_id: id };
  };

  const service: Service = {
    route(request: RouteRequest): RouteAnswer {
      const { spec } = find(request.router).state;
      for (const arm of [...(request.candidates ?? []), ...(request.constraints?.allow ?? [])]) armIndex(spec, arm);
      if (typeof (request.context['task'] ?? '') !== 'string') {
        throw new Problem('invalid-context', 'Expected a string', [{ pointer: '/context/task', detail: 'a string' }]);
      }
      const arms = spec.arms.map(({ id }) => id);
      const id = randomUUID();
      if (!request.dry_run) decisions.set(id, arms[0]!);
      return {
        decision_id: id,
        ...(request.dry_run ? {} : { feedback_token: sign(id) }),
        arm: arms[0]!,
        propensity: 1,
        ranking: arms.map((arm, index) => ({
          arm,
          probability: index === 0 ? 1 : 0,
          expected: { accuracy: 0.8 - index / 10, energy_j: 20 - index },
          utility: 0.79 - index / 10,
          deviation: 0.1,
        })),
        policy: { name: 'greedy', version: '1' },
        warnings: [],
      };
    },
    feedback: async (items) => items.map(feedback),
    listRouters: () => [...routers.values()].map(({ state }) => state),
    readRouter: (id) => find(id).state,
    async createRouter(spec) {
      if (routers.has(spec.id)) throw new Problem('router-exists', `There is a router ${spec.id}`);
      return put(spec.id, spec);
    },
    async changeRouter(id, patch, revision) {
      const { state, profiles } = find(id);
      if (revision !== undefined && revision !== state.revision) {
        throw new Problem('revision-conflict', `Expected revision ${state.revision}, got ${revision}`);
      }
      return put(id, { ...state.spec, ...patch }, profiles);
    },
    async addArm(id, arm) {
      const { state, profiles } = find(id);
      if (state.spec.arms.some((known) => known.id === arm.id)) throw new Problem('invalid-router', 'arm exists');
      return put(id, { ...state.spec, arms: [...state.spec.arms, arm] }, profiles);
    },
    async changeArm(id, armId, patch) {
      const { state, profiles } = find(id);
      const arms = state.spec.arms.with(armIndex(state.spec, armId), { id: armId, ...patch });
      return put(id, { ...state.spec, arms }, profiles);
    },
    async removeArm(id, armId) {
      const { state, profiles } = find(id);
      const arms = state.spec.arms.toSpliced(armIndex(state.spec, armId), 1);
      return put(id, { ...state.spec, arms }, profiles);
    },
    readProfiles: (id) => find(id).profiles,
    async importProfiles(id, rows, mode) {
      const { state, profiles } = find(id);
      const all = mode === 'replace' ? (rows as ProfileRow[]) : [...profiles, ...(rows as ProfileRow[])];
      return { rows: (rows as ProfileRow[]).length, revision: put(id, state.spec, all).revision };
    },
    async putEncoder(id, feature) {
      const { spec } = find(id).state;
      const text = spec.features.some(({ name, type }) => name === feature && type === 'text');
      if (!text) throw new Problem('invalid-router', `Expected a text feature, got ${feature}`);
      return put(id, spec);
    },
    async exportState(id) {
      const { state, profiles } = find(id);
      return {
        format: 'tradewind-state-1',
        spec: state.spec,
        profiles,
        schema: state.features.schema,
        encoders: {},
        statistics: [],
      };
    },
    async importState(id, state) {
      find(id);
      return put(id, (state as { spec: RouterSpec }).spec);
    },
    async explain(_id, decisionId) {
      throw new Problem('unknown-decision', `Expected a logged decision, got ${decisionId}`);
    },
    readiness: () => ({ status: 'ready', reasons: [] }),
    metrics: async () => ({ contentType: 'text/plain; version=0.0.4', body: '# nothing yet' }),
    close: async () => undefined,
  };
  await service.createRouter(exampleRouter);
  return service;
}
