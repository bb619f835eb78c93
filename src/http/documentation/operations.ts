/** What the documentation says of each operation beside its schema: what is sent, and what an answer means. */
import * as examples from './examples.js';

export interface Told {
  readonly description: string;
  /** By a short name for each. */
  readonly examples?: Readonly<Record<string, unknown>>;
}

export interface Operation {
  readonly body?: Told;
  /** By status. */
  readonly answers: Readonly<Record<number, Told>>;
}

const changed = { 200: { description: 'The router after the change; its revision is the ETag' } };
const state = { 'a router': examples.routerState };

/** By method and address, as the routes declare it. */
export const operations: Readonly<Record<string, Operation>> = {
  'POST /v1/route': {
    body: {
      description: 'What is known of the request, and which arms it may use',
      examples: {
        'a task, within an energy limit': examples.routeRequest,
        'a prompt, decided only to look': {
          router: 'mine',
          context: { prompt: 'Sort this list: 3 1 2' },
          dry_run: true,
        },
      },
    },
    answers: {
      200: {
        description: 'The arm that was drawn, with the probability of every candidate and the order to fall back in',
        examples: { 'an answer': examples.routeAnswer },
      },
    },
  },
  'POST /v1/feedback': {
    body: {
      description: 'What came of one decision, all at once or in parts, or of up to 10,000 decisions',
      examples: { 'one outcome': examples.oneOutcome, 'a batch': examples.outcomes },
    },
    answers: {
      200: {
        description: 'Stored: the transaction is committed. "duplicate": the same value was stored before',
        examples: { 'of one': examples.applied, 'of a batch, in order': examples.results },
      },
    },
  },
  'GET /v1/routers': { answers: { 200: { description: 'Every router of this service' } } },
  'POST /v1/routers': {
    body: {
      description: 'The declaration; what is left out has its default',
      examples: { 'two models, by task and prompt': examples.routerSpec },
    },
    answers: { 201: { description: 'The router that was made; Location says where it is', examples: state } },
  },
  'GET /v1/routers/:id': {
    answers: { 200: { description: 'Declaration, revision, and what was learned from', examples: state } },
  },
  'PATCH /v1/routers/:id': {
    body: {
      description: 'The members to replace, or null to remove one; the others stay, and so does what was learned',
      examples: { 'other weights, and forgetting': examples.routerPatch },
    },
    answers: changed,
  },
  'GET /v1/routers/:id/overview': {
    answers: { 200: { description: 'What this replica decided since it started, and how budgets and breakers stand' } },
  },
  'GET /v1/routers/:id/arms': { answers: { 200: { description: 'In the order of the declaration' } } },
  'POST /v1/routers/:id/arms': {
    body: {
      description: 'The new arm; without a profile it borrows what is believed of the others',
      examples: { 'for some tasks': { id: 'qwen/qwen3-8b', tasks: ['support'] } },
    },
    answers: { 201: { description: 'The router with the arm; Location is the address of the arm' } },
  },
  'PATCH /v1/routers/:id/arms/:arm': {
    body: {
      description: 'The members to replace, or null to remove one',
      examples: { pause: { state: 'paused' }, 'take up again': { state: 'active' } },
    },
    answers: changed,
  },
  'DELETE /v1/routers/:id/arms/:arm': { answers: changed },
  'GET /v1/routers/:id/profiles': { answers: { 200: { description: 'Every row that the router starts from' } } },
  'POST /v1/routers/:id/profiles': {
    body: {
      description: 'Means per request as they were measured, a row for each arm and task',
      examples: {
        'one row': {
          rows: [
            {
              arm: 'small',
              task: 'support',
              metrics: { accuracy: 0.81, energy_j: 12.5 },
              samples: 500,
              source: 'our own test set',
              measured_on: '2026-05',
            },
          ],
        },
      },
    },
    answers: { 200: { description: 'How many rows the router has now' } },
  },
  'PUT /v1/routers/:id/encoders/:feature': {
    body: { description: 'The encoder, as "tradewind encoder fit --out" writes it' },
    answers: changed,
  },
  'GET /v1/routers/:id/state': {
    answers: { 200: { description: 'Declaration, profiles, fitted encoders and statistics, to keep or to move' } },
  },
  'PUT /v1/routers/:id/state': {
    body: { description: 'A state as it was exported. A router that learned from outcomes of its own refuses it' },
    answers: { 200: { description: 'The router with what was learned elsewhere; it is made if there was none' } },
  },
  'GET /v1/routers/:id/explain/:decision_id': {
    answers: { 200: { description: 'The decision, recomputed from what was known when it was made' } },
  },
  'POST /v1/routers/:id/evaluate': {
    body: {
      description: 'What should have been otherwise, over which part of the log',
      examples: {
        'other weights': { objective: { accuracy: 1, energy_j: -0.001 } },
        'another policy, for a day': {
          policy: { name: 'thompson' },
          from: '2026-11-22T00:00:00Z',
          to: '2026-11-23T00:00:00Z',
        },
      },
    },
    answers: { 200: { description: 'What it would have earned, by each estimator, with intervals' } },
  },
  'POST /v1/routers/:id/retractions': {
    body: {
      description: 'Whose outcomes, and which of them by when they came in',
      examples: { 'only count them': { source: 'batch-7', since: '2026-11-21T08:00:00Z', dry_run: true } },
    },
    answers: {
      200: { description: 'What a dry run counted; nothing was changed' },
      202: { description: 'Under way; Location says where to ask how far it is' },
    },
  },
  'GET /v1/routers/:id/retractions': { answers: { 200: { description: 'The newest first' } } },
  'GET /v1/routers/:id/retractions/:retraction': { answers: { 200: { description: 'How far it is' } } },
  'GET /livez': { answers: { 200: { description: 'The process answers' } } },
  'GET /readyz': {
    answers: {
      200: { description: 'Requests are routed; degraded: but nothing can be stored' },
      503: { description: 'Not yet, or not any more' },
    },
  },
  'GET /metrics': { answers: { 200: { description: 'The text format of Prometheus' } } },
};
