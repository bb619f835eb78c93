/**
 * A router as its owner declares it: arms, context features, objective, policy, budgets. One schema serves the HTTP
 * API, the command line and the library; what no JSON schema can say (names that must agree) is in `validate-spec.ts`.
 */
import Type, { type Static, type TProperties } from 'typebox';

import { defaultBreaker, defaultFeedbackWindow, defaultFloor, defaultPolicy, defaultPrior } from './defaults.js';
import { leastMagnitude, leastPrecision, mostMagnitude, mostPriorOutcomes, mostTrust } from './magnitude.js';
import { Metric } from './metric.js';
import { routerNamePattern } from './router-name.js';

const closed = <P extends TProperties>(properties: P, description?: string) =>
  Type.Object(properties, { additionalProperties: false, ...(description ? { description } : {}) });

const Name = Type.String({ pattern: '^[a-z][a-z0-9_]{0,62}$' });
const RouterId = Type.String({ pattern: routerNamePattern, description: 'lower case, digits, - and _' });
const ArmId = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,199}$', description: 'as in a model name' });

/** A number above 0 whose products and squares stay finite; see `magnitude.ts`. */
const Positive = (description?: string) =>
  Type.Number({ minimum: leastMagnitude, maximum: mostMagnitude, ...(description ? { description } : {}) });
/** Below this an old level would be so loose that rounding, not evidence, says where it lies. */
const leastLevelOutcomes = 1e-3;
const mostOutcomes = 1e9;

export const Arm = closed({
  id: ArmId,
  state: Type.Optional(Type.Union([Type.Literal('active'), Type.Literal('paused')])),
  tasks: Type.Optional(
    Type.Array(Type.String(), {
      minItems: 1,
      description:
        'only requests for these tasks (or tasks below them, as in qa/squad) may use the arm; all by default',
    }),
  ),
  list_price: Type.Optional(
    Type.Record(Name, Positive(), {
      description:
        'by metric, what the arm asks for a unit of work, in any unit that all arms share (dollars per million tokens): an arm is first believed to cost what others do in proportion',
      additionalProperties: false,
    }),
  ),
});

const from = Type.Optional(Type.String({ description: 'the context field that is read; the feature name by default' }));

/** A category; `a/b` also lights the slot of `a`, and a value not declared falls back to its parent, then to "unknown". */
export const CategoryFeature = closed({
  name: Name,
  type: Type.Literal('category'),
  from,
  values: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { minItems: 1, maxItems: 1000 }),
});
export const NumberFeature = closed({
  name: Name,
  type: Type.Literal('number'),
  from,
  minimum: Type.Number(),
  maximum: Type.Number(),
});
export const VectorFeature = closed({
  name: Name,
  type: Type.Literal('vector'),
  from,
  dimension: Type.Integer({ minimum: 1, maximum: 65536, description: 'length of the vector that a request brings' }),
  project_to: Type.Optional(Type.Integer({ minimum: 1, maximum: 1024, description: 'by a seeded random projection' })),
});
/**
 * Text, by surface measures and hashed n-grams, or by an encoder fitted on the router's own prompts; either stands in where
 * an embeddings endpoint is declared and gives nothing in time.
 */
export const TextFeature = closed({
  name: Name,
  type: Type.Literal('text'),
  from,
  dimension: Type.Integer({ minimum: 8, maximum: 1024 }),
  encoder: Type.Optional(
    Type.String({
      description:
        'hash of a fitted encoder; without one, the built-in features. Beside embeddings, what stands in where none come in time',
    }),
  ),
  embeddings: Type.Optional(
    closed({
      url: Type.String({ format: 'uri', description: 'an OpenAI-compatible /v1/embeddings endpoint' }),
      model: Type.String(),
      dimension: Type.Integer({ minimum: 1, maximum: 65536 }),
      timeout_ms: Type.Optional(Type.Integer({ minimum: 1, maximum: 60000 })),
      // Restricted, so that a declaration can't have any other secret of the environment sent to its endpoint.
      api_key_env: Type.Optional(
        Type.String({ pattern: '^[A-Z][A-Z0-9_]*_API_KEY$', description: 'environment variable that holds the key' }),
      ),
    }),
  ),
});
export const Feature = Type.Union([CategoryFeature, NumberFeature, VectorFeature, TextFeature]);

/** Any larger weight of a large metric would make a utility, or its square, that is no number. */
const Weight = Type.Number({ minimum: -mostMagnitude, maximum: mostMagnitude });
export const Objective = Type.Record(Name, Weight, {
  description: 'weight per metric, in accuracy points per unit',
  additionalProperties: false,
});

export const Budget = Type.Union([
  closed({ metric: Name, per_request: Positive() }, 'mean per request'),
  closed(
    {
      metric: Name,
      limit: Positive(),
      per: Type.String({ pattern: '^[0-9]+(s|m|h|d)$', description: 'as in 1d, at most 3650d' }),
    },
    'amount per time',
  ),
]);

/** Deviations; beyond a million of them nothing but the deviation counts. */
const Width = Type.Number({ minimum: 0, maximum: 1e6 });

export const PolicySpec = Type.Union([
  closed({ name: Type.Literal('linucb'), width: Type.Optional(Width) }),
  closed({ name: Type.Literal('thompson'), width: Type.Optional(Width) }),
  closed({
    name: Type.Literal('inverse-gap'),
    gamma: Type.Optional(Positive()),
    exponent: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  }),
  closed({ name: Type.Literal('epsilon-greedy'), epsilon: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })) }),
  closed({ name: Type.Literal('greedy') }),
  closed({ name: Type.Literal('uniform') }),
  closed({ name: Type.Literal('fixed'), arm: ArmId }),
  closed({ name: Type.Literal('profile') }),
]);

/** Something that changed at a known time: outcomes from before it count otherwise from then on. Nothing is deleted. */
export const Change = closed(
  {
    at: Type.String({
      pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,3})?Z$',
      description: 'when, in UTC, as in 2026-11-23T21:42:00Z; not before it is declared',
    }),
    arm: ArmId,
    metric: Name,
    scale: Type.Optional(
      Positive(
        'old values are multiplied: 0.5 when a price halves. The changes of an arm and metric together stay within 1e-24 to 1e24',
      ),
    ),
    offset: Type.Optional(
      Type.Number({
        minimum: -mostMagnitude,
        maximum: mostMagnitude,
        description: 'then this is added to old values, in the unit of the metric',
      }),
    ),
    weight: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: 'old outcomes count for so much' })),
    level_outcomes: Type.Optional(
      Type.Number({
        minimum: leastLevelOutcomes,
        maximum: mostOutcomes,
        description:
          "of the arm's level, old outcomes say no more than so many would; what features add to it stands as it was",
      }),
    ),
  },
  'a price that is told, or a change that was detected',
);

/** How changes that nobody tells are looked for; `changes/detection.ts` says where the defaults come from. */
export const DetectChanges = Type.Union(
  [
    Type.Boolean(),
    closed({
      metrics: Type.Optional(
        Type.Array(Name, { maxItems: 36, description: 'by default those of the objective and of budgets' }),
      ),
      allowance: Type.Optional(
        Type.Number({
          exclusiveMinimum: 0,
          exclusiveMaximum: 3,
          description: 'smaller moves of a mean are let pass, in standard deviations of an outcome; 0.5 by default',
        }),
      ),
      threshold: Type.Optional(
        Type.Number({
          exclusiveMinimum: 0,
          maximum: 1e6,
          description: 'sum of deviations beyond the allowance that is taken for a change; 16 by default',
        }),
      ),
      level_outcomes: Type.Optional(
        Type.Number({
          minimum: leastLevelOutcomes,
          maximum: mostOutcomes,
          description: "of the arm's level, outcomes from before a change say what so many would; 4 by default",
        }),
      ),
      weight: Type.Optional(
        Type.Number({
          minimum: 0,
          maximum: 1,
          description: 'what outcomes from before a change count for otherwise; 0.1 by default',
        }),
      ),
      warm_up: Type.Optional(
        Type.Integer({
          minimum: 2,
          maximum: 1e9,
          description: 'outcomes of an arm and metric before it is watched; 50 by default',
        }),
      ),
    }),
  ],
  {
    description:
      'whether the service looks for changes of arms that nobody tells, and how; true by default. What it finds is recorded beside the declaration, not in it',
  },
);

export const RouterSpec = closed({
  id: RouterId,
  arms: Type.Array(Arm, { maxItems: 1000 }),
  features: Type.Array(Feature, { maxItems: 64 }),
  metrics: Type.Optional(
    Type.Array(Metric, { maxItems: 32, description: 'beside accuracy, energy_j, latency_ms, cost_usd' }),
  ),
  objective: Objective,
  policy: Type.Optional(Type.Union(PolicySpec.anyOf, { default: defaultPolicy })),
  floor: Type.Optional(
    Type.Number({
      minimum: 0,
      maximum: 1,
      default: defaultFloor,
      description: 'probability shared out evenly: each of n candidates gets at least floor / n',
    }),
  ),
  budgets: Type.Optional(Type.Array(Budget, { maxItems: 16 })),
  prior: Type.Optional(
    closed(
      {
        precision: Type.Optional(
          Type.Number({
            minimum: leastPrecision,
            maximum: mostPriorOutcomes,
            default: defaultPrior.precision,
            description: 'outcomes that the pull of what a feature adds towards 0 is worth',
          }),
        ),
        trust: Type.Optional(
          Type.Number({
            minimum: 0,
            maximum: mostTrust,
            default: defaultPrior.trust,
            description: 'a profile row counts as min(samples, cap) · trust outcomes',
          }),
        ),
        cap: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: mostPriorOutcomes, default: defaultPrior.cap })),
        borrow: Type.Optional(
          Type.Number({
            minimum: 0,
            maximum: mostPriorOutcomes,
            default: defaultPrior.borrow,
            description: 'outcomes that each row counts as that an arm without a profile borrows from the others',
          }),
        ),
      },
      'how much is believed before any outcome',
    ),
  ),
  half_life: Type.Optional(
    Type.String({
      pattern: '^[0-9]+(s|m|h|d)$',
      description: 'as in 7d: half-life of evidence, at most 3650d; without it nothing is forgotten',
    }),
  ),
  feedback_window: Type.Optional(
    Type.String({
      pattern: '^[0-9]+(s|m|h|d)$',
      default: defaultFeedbackWindow,
      description: 'as in 7d: how long after its decision an outcome is taken, at most 3650d',
    }),
  ),
  baseline: Type.Optional(Type.String({ ...ArmId, description: 'the arm that "otherwise": "baseline" falls back to' })),
  changes: Type.Optional(
    Type.Array(Change, { maxItems: 10_000, description: 'told changes, in the order in which they happened' }),
  ),
  detect_changes: Type.Optional(DetectChanges),
  breaker: Type.Optional(
    closed(
      {
        failures: Type.Optional(
          Type.Integer({ minimum: 1, default: defaultBreaker.failures, description: 'in a row, that take an arm out' }),
        ),
        cooldown: Type.Optional(
          Type.String({
            pattern: '^[0-9]+(s|m|h|d)$',
            default: defaultBreaker.cooldown,
            description: 'as in 30s: after it one request tries the arm again; at most 3650d',
          }),
        ),
      },
      'takes arms out that fail, and probes them back in',
    ),
  ),
});

export type Arm = Static<typeof Arm>;
export type CategoryFeature = Static<typeof CategoryFeature>;
export type NumberFeature = Static<typeof NumberFeature>;
export type VectorFeature = Static<typeof VectorFeature>;
export type TextFeature = Static<typeof TextFeature>;
export type Feature = Static<typeof Feature>;
export type Objective = Static<typeof Objective>;
export type Budget = Static<typeof Budget>;
export type PolicySpec = Static<typeof PolicySpec>;
export type Change = Static<typeof Change>;
export type RouterSpec = Static<typeof RouterSpec>;
