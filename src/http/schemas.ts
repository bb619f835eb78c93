/** Schemas that only HTTP needs: addresses, bodies that wrap others, and answers. */
import Type, { type TObject, type TProperties, type TSchema } from 'typebox';

import { ProfileRow } from '../routing/profile.js';
import { FeedbackItem, FeedbackResult } from '../routing/request.js';
import { Arm, Change, RouterSpec } from '../routing/spec.js';

import { problem } from './documentation/examples.js';
import { ProblemBody } from './problem.js';

const closed = <P extends TProperties>(properties: P, description?: string) =>
  Type.Object(properties, { additionalProperties: false, ...(description ? { description } : {}) });

export const RouterAddress = closed({ id: Type.String({ minLength: 1, maxLength: 64 }) });
export const ArmAddress = closed({
  id: Type.String({ minLength: 1, maxLength: 64 }),
  arm: Type.String({ minLength: 1, maxLength: 200, description: 'URL-encoded: qwen%2Fqwen3-8b' }),
});
export const FeatureAddress = closed({
  id: Type.String({ minLength: 1, maxLength: 64 }),
  feature: Type.String({ minLength: 1, maxLength: 63 }),
});
export const DecisionAddress = closed({
  id: Type.String({ minLength: 1, maxLength: 64 }),
  decision_id: Type.String({ format: 'uuid' }),
});

export const FeedbackBatch = closed(
  { items: Type.Array(FeedbackItem, { minItems: 1, maxItems: 10_000 }) },
  'a batch, answered item by item',
);
export const FeedbackBody = Type.Union([FeedbackItem, FeedbackBatch]);
export const FeedbackResults = closed({ results: Type.Array(FeedbackResult) });

/** Every member but the id may be replaced; one that may be left out may be removed by null. */
function patchOf<P extends TProperties>({ properties }: TObject<P>): TObject {
  const { id, ...others } = properties as TProperties;
  const patchable = Object.entries(others).map(([name, schema]) => [
    name,
    Type.Optional(Type.IsOptional(schema) ? Type.Union([schema, Type.Null()]) : schema),
  ]);
  return Type.Object(Object.fromEntries(patchable) as TProperties, {
    additionalProperties: false,
    minProperties: 1,
    description: 'the members to replace, or null to remove one; the others stay',
  });
}

export const RouterPatch = patchOf(RouterSpec);
export const ArmPatch = patchOf(Arm);

export const ProfileImport = closed({
  rows: Type.Array(ProfileRow, { minItems: 1, maxItems: 100_000 }),
  mode: Type.Optional(
    Type.Union([Type.Literal('merge'), Type.Literal('replace')], {
      description: 'merge (default): rows of the same arm and task are replaced; replace: all other rows go',
    }),
  ),
});
export const ProfileImported = Type.Object({ rows: Type.Integer(), revision: Type.Integer() });
export const Profiles = Type.Object({ rows: Type.Array(ProfileRow) });

export const EncoderUpload = closed({
  artifact: Type.String({
    pattern: '^[A-Za-z0-9+/]+={0,2}$',
    description: 'base64 of what `tradewind encoder fit` wrote',
  }),
});

const Counts = Type.Record(Type.String(), Type.Number());

export const RouterState = Type.Object({
  spec: RouterSpec,
  revision: Type.Integer(),
  created_at: Type.String(),
  changed_at: Type.String(),
  features: Type.Object({
    schema: Type.String(),
    dimension: Type.Integer(),
    labels: Type.Array(Type.String()),
  }),
  detected_changes: Type.Optional(
    Type.Array(Change, { description: 'changes of arms that nobody told and the service found, in order of time' }),
  ),
  outcomes: Type.Record(Type.String(), Type.Number(), { description: 'outcomes in the live view, per metric' }),
  view: Type.String(),
});
export const Routers = Type.Object({ routers: Type.Array(RouterState) });

export const Overview = Type.Object({
  router: Type.String(),
  recent: Type.Object({
    decisions: Type.Integer(),
    since: Type.Union([Type.String(), Type.Null()]),
    chosen: Counts,
  }),
  outcomes: Type.Record(Type.String(), Counts),
  budgets: Type.Array(Type.Object({ metric: Type.String(), price: Type.Number(), allowance: Type.Number() })),
  broken: Type.Array(Type.String()),
});

const ExplainedMetric = Type.Object({
  metric: Type.String(),
  mean: Type.Number(),
  deviation: Type.Number(),
  weight: Type.Number(),
  utility: Type.Number(),
  prior_mean: Type.Number({ description: 'what the prior alone predicts' }),
  evidence_shift: Type.Number({ description: 'what the outcomes added to it' }),
  trust: Type.Number({ description: 'how much is left of the trust in the prior' }),
  outcomes: Type.Number(),
});

export const Explanation = Type.Object({
  decision_id: Type.String(),
  router: Type.String(),
  decided_at: Type.String(),
  arm: Type.String(),
  propensity: Type.Number(),
  reproduced: Type.Boolean({ description: 'whether the recomputed probabilities and draw are those that were logged' }),
  policy: Type.Object({ name: Type.String(), revision: Type.Integer(), view: Counts }),
  features: Type.Array(Type.Object({ label: Type.String(), value: Type.Number() })),
  draw: Type.Number(),
  arms: Type.Array(
    Type.Object({
      arm: Type.String(),
      probability: Type.Number(),
      excluded: Type.Optional(Type.String()),
      utility: Type.Number(),
      deviation: Type.Number(),
      metrics: Type.Array(ExplainedMetric),
    }),
  ),
});

export const Readiness = Type.Object({
  status: Type.Union([
    Type.Literal('ready'),
    Type.Literal('degraded', { description: 'routes, but cannot store' }),
    Type.Literal('starting'),
    Type.Literal('stopping'),
  ]),
  reasons: Type.Array(Type.String()),
});

/** The answers of a route for the documentation: its own by status, and a problem for everything else. */
export const answers = <R extends Record<number, TSchema>>(own: R) => ({
  ...own,
  default: {
    description: 'What went wrong, and how to mend it',
    content: { 'application/problem+json': { schema: ProblemBody, example: problem } },
  },
});
