/** What a caller sends and gets when it asks for a decision, reports an outcome, or asks why: JSON, snake_case. */
import Type, { type Static, type TProperties } from 'typebox';

import { Objective } from './spec.js';

const closed = <P extends TProperties>(properties: P) => Type.Object(properties, { additionalProperties: false });
/** No control characters and nothing outside the basic plane, because the logs keep these as text. */
const plain = (longest: number) => `^[^\\u0000-\\u001f\\u007f\\ud800-\\udfff]{1,${longest}}$`;
const ArmName = Type.String({ pattern: plain(200) });
const RouterName = Type.String({ minLength: 1, maxLength: 64 });
const MetricName = Type.String({ pattern: '^[a-z][a-z0-9_]{0,62}$' });
const FieldName = Type.String({ pattern: plain(63) });

export const Constraints = closed({
  allow: Type.Optional(Type.Array(ArmName, { maxItems: 1000 })),
  deny: Type.Optional(Type.Array(ArmName, { maxItems: 1000 })),
  max_energy_j: Type.Optional(Type.Number({ minimum: 0 })),
  max_cost_usd: Type.Optional(Type.Number({ minimum: 0 })),
  max_latency_ms: Type.Optional(Type.Number({ minimum: 0 })),
  min_accuracy: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  otherwise: Type.Optional(
    Type.Union([Type.Literal('error'), Type.Literal('relax'), Type.Literal('baseline')], {
      description: 'when no arm is left: an error, the arms nearest to the limits (default), or the baseline arm',
    }),
  ),
});
export type Constraints = Static<typeof Constraints>;

/** Values are checked by the features of the router, which know what they read. */
export const Context = Type.Record(
  FieldName,
  Type.Union([Type.String({ maxLength: 1_000_000 }), Type.Number(), Type.Array(Type.Number(), { maxItems: 65536 })]),
  { maxProperties: 64, additionalProperties: false },
);

export const RouteRequest = closed({
  router: RouterName,
  context: Context,
  candidates: Type.Optional(Type.Array(ArmName, { minItems: 1, maxItems: 1000, description: 'all arms by default' })),
  constraints: Type.Optional(Constraints),
  objective: Type.Optional(Objective),
  baseline: Type.Optional(ArmName),
  dry_run: Type.Optional(Type.Boolean({ description: 'decide, but log nothing, charge nothing and give no token' })),
});
export type RouteRequest = Static<typeof RouteRequest>;

export const RankedArm = closed({
  arm: Type.String(),
  probability: Type.Number({ minimum: 0, maximum: 1 }),
  expected: Type.Record(Type.String(), Type.Number()),
  utility: Type.Number(),
  deviation: Type.Number({ minimum: 0 }),
  excluded: Type.Optional(Type.String({ description: 'why the arm could not be chosen' })),
});

export const RouteAnswer = closed({
  decision_id: Type.String({ format: 'uuid' }),
  feedback_token: Type.Optional(Type.String({ description: 'absent in a dry run' })),
  arm: Type.String(),
  propensity: Type.Number({ minimum: 0, maximum: 1 }),
  ranking: Type.Array(RankedArm, {
    description: 'candidates by utility, the chosen arm first: the order to fall back in',
  }),
  policy: closed({ name: Type.String(), version: Type.String() }),
  warnings: Type.Array(Type.String()),
});
export type RankedArm = Static<typeof RankedArm>;
export type RouteAnswer = Static<typeof RouteAnswer>;

export const FeedbackItem = closed({
  feedback_token: Type.Optional(Type.String({ minLength: 1, maxLength: 16384 })),
  decision_id: Type.Optional(Type.String({ format: 'uuid' })),
  router: Type.Optional(RouterName),
  metrics: Type.Optional(Type.Record(MetricName, Type.Number(), { maxProperties: 36, additionalProperties: false })),
  served_arm: Type.Optional(ArmName),
  failed: Type.Optional(Type.Boolean({ description: 'the arm gave an error or timed out' })),
  source: Type.Optional(Type.String({ pattern: plain(200), description: 'who reports, so that it can be retracted' })),
  correction: Type.Optional(Type.Boolean({ description: 'replaces the value reported before' })),
});
export type FeedbackItem = Static<typeof FeedbackItem>;

export const FeedbackStatus = Type.Union([
  Type.Literal('applied'),
  Type.Literal('duplicate'),
  Type.Literal('late', { description: 'the decision is too old to take feedback' }),
  Type.Literal('rejected'),
]);

export const FeedbackResult = closed({
  status: FeedbackStatus,
  decision_id: Type.Optional(Type.String()),
  /** Set when status is late or rejected: the code and detail of the problem. */
  code: Type.Optional(Type.String()),
  detail: Type.Optional(Type.String()),
  errors: Type.Optional(
    Type.Array(closed({ pointer: Type.String({ description: 'JSON pointer into the item' }), detail: Type.String() }), {
      description: 'the fields at fault, where some are',
    }),
  ),
});
export type FeedbackResult = Static<typeof FeedbackResult>;
