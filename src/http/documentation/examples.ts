/** Requests and answers as they come and go, for the documentation; a test holds each to its schema. */
import type { FeedbackItem, FeedbackResult, RouteAnswer, RouteRequest } from '../../routing/request.js';
import type { RouterSpec } from '../../routing/spec.js';
import type { RouterState } from '../../runtime/service.js';
import type { ProblemBody } from '../problem.js';

const decisionId = '01a20a58-5b03-79b5-b7ff-5dc903b80746';
const feedbackToken = 'AQhhZDE5YTIwZQdkZWZhdWx0B2RlZmF1bHQ';

export const routeRequest: RouteRequest = {
  router: 'default',
  context: { task: 'question-answering' },
  constraints: { max_energy_j: 100 },
};

export const routeAnswer: RouteAnswer = {
  decision_id: decisionId,
  feedback_token: feedbackToken,
  arm: 'deepset/tinyroberta-squad2',
  propensity: 0.9911,
  ranking: [
    {
      arm: 'deepset/tinyroberta-squad2',
      probability: 0.9911,
      expected: { accuracy: 0.7795, energy_j: 11.72, latency_ms: 6.64 },
      utility: 0.7736,
      deviation: 0.1143,
    },
    {
      arm: 'google/flan-t5-xl',
      probability: 0,
      expected: { accuracy: 0.9012, energy_j: 265.4, latency_ms: 203.1 },
      utility: 0.7685,
      deviation: 0.1143,
      excluded: 'expected energy_j 265.4 J is above max_energy_j 100',
    },
  ],
  policy: { name: 'linucb', version: '1' },
  warnings: [],
};

export const oneOutcome: FeedbackItem = { feedback_token: feedbackToken, metrics: { accuracy: 1, energy_j: 12.1 } };
export const outcomes: { readonly items: readonly FeedbackItem[] } = {
  items: [
    { feedback_token: feedbackToken, metrics: { energy_j: 12.1, latency_ms: 7.2 } },
    { decision_id: decisionId, router: 'default', metrics: { accuracy: 1 }, source: 'nightly-grader' },
  ],
};
export const applied: FeedbackResult = { status: 'applied', decision_id: decisionId };
export const results: { readonly results: readonly FeedbackResult[] } = {
  results: [
    applied,
    {
      status: 'rejected',
      decision_id: decisionId,
      code: 'invalid-metric',
      detail: '/metrics/accuracy: expected at most 1, got 7',
    },
  ],
};

export const routerSpec: RouterSpec = {
  id: 'mine',
  arms: [{ id: 'small' }, { id: 'large' }],
  features: [
    { name: 'task', type: 'category', values: ['support', 'code'] },
    { name: 'prompt', type: 'text', dimension: 24 },
  ],
  objective: { accuracy: 1, energy_j: -0.001 },
  budgets: [{ metric: 'energy_j', limit: 3.6e6, per: '1d' }],
};
export const routerState: RouterState = {
  spec: routerSpec,
  revision: 1,
  created_at: '2026-11-23T09:30:00.000Z',
  changed_at: '2026-11-23T09:30:00.000Z',
  features: { schema: '1f0c2b6f8f115e5a', dimension: 4, labels: ['1', 'task=support', 'task=code', 'task=?'] },
  outcomes: { accuracy: 120, energy_j: 140, latency_ms: 0, cost_usd: 0 },
  view: '1.52',
};
export const routerPatch = { objective: { accuracy: 1, energy_j: -0.0005 }, half_life: '14d' };

export const problem: ProblemBody = {
  type: '/docs/problems#unknown-router',
  title: 'There is no such router',
  status: 404,
  detail: 'expected the name of a router (default, mine), got "mime"',
  code: 'unknown-router',
  request_id: '5d1f0a52-7c7b-4f0b-9d1e-3c2a8f6f2b11',
};
