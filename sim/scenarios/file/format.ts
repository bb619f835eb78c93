/** A scenario that a person writes as JSON: a world, a router, who is compared, and what goes wrong meanwhile. */
import Type, { type Static, type TProperties } from 'typebox';

import { routerNamePattern } from '../../../src/routing/router-name.js';
import { Budget, PolicySpec, RouterSpec } from '../../../src/routing/spec.js';

const closed = <P extends TProperties>(properties: P, description?: string) =>
  Type.Object(properties, { additionalProperties: false, ...(description ? { description } : {}) });

const Share = Type.Number({ minimum: 0, maximum: 1 });
const Length = Type.Integer({ minimum: 1, maximum: 1_000_000 });
const Arm = Type.String({ minLength: 1 });
const MetricName = Type.String({ minLength: 1 });

const Phase = closed({
  name: Type.String({ minLength: 1, maxLength: 60 }),
  split: Type.Optional(Type.String({ description: 'rows of this split; all by default' })),
  length: Type.Optional({ ...Length, description: 'requests, drawn anew for each seed; all rows by default' }),
});

export const TableWorld = closed({
  type: Type.Literal('table'),
  file: Type.String({ minLength: 1, description: 'a table as in sim/README.md, looked for in --data' }),
  models: Type.Optional(Type.Array(Type.String(), { minItems: 1, description: 'only these; all by default' })),
  phases: Type.Optional(Type.Array(Phase, { minItems: 1, maxItems: 100 })),
});

export const ProfileWorld = closed({
  type: Type.Literal('profiles'),
  length: Length,
  cells: Type.Array(
    closed({
      arm: Arm,
      task: Type.String({ minLength: 1 }),
      accuracy: Share,
      energy_j: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
      latency_ms: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
      cost_usd: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    }),
    { minItems: 1, maxItems: 100_000 },
  ),
  scatter: Type.Optional(
    Type.Number({ minimum: 0, maximum: 10, description: 'of all but accuracy, as a share of the mean' }),
  ),
});

export const LinearWorld = closed({
  type: Type.Literal('linear'),
  length: Length,
  arms: Type.Integer({ minimum: 1, maximum: 1000 }),
  dimension: Type.Integer({ minimum: 1, maximum: 1024 }),
  noise: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  seed: Type.Optional(Type.Integer({ minimum: 0, description: 'tells worlds apart' })),
});

export const WorldSpec = Type.Union([TableWorld, ProfileWorld, LinearWorld]);

/** When it holds: in a phase, or from one request (from 0) to before another; always by default. */
const when = {
  phase: Type.Optional(Type.String()),
  from: Type.Optional(Type.Integer({ minimum: 0 })),
  to: Type.Optional(Type.Integer({ minimum: 1 })),
};

export const DisturbanceSpec = Type.Union([
  closed({
    type: Type.Literal('price'),
    arm: Arm,
    metric: Type.Optional(MetricName),
    factor: Type.Number({ exclusiveMinimum: 0 }),
    told: Type.Optional(Type.Boolean({ description: 'whether the router is told; no by default' })),
    ...when,
  }),
  closed({
    type: Type.Literal('quality'),
    arm: Arm,
    metric: Type.Optional(MetricName),
    times: Type.Optional(Share),
    becomes: Type.Optional(Share),
    ...when,
  }),
  closed({ type: Type.Literal('absent'), arm: Arm, ...when }),
  closed({ type: Type.Literal('delayed'), most: Type.Integer({ minimum: 0, description: 'requests' }) }),
  closed({ type: Type.Literal('lost'), share: Type.Union([Share, Type.Record(Type.String(), Share)]) }),
  closed({ type: Type.Literal('duplicated'), share: Share }),
  closed({ type: Type.Literal('shuffled'), batch: Type.Integer({ minimum: 1 }) }),
  closed({
    type: Type.Literal('poisoned'),
    share: Share,
    clients: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'that requests come from, evenly; 100 by default' }),
    ),
    metric: Type.Optional(MetricName),
    times: Type.Optional(
      Type.Number({
        minimum: 0,
        description: 'what they multiply the metric by; the opposite of an accuracy by default',
      }),
    ),
  }),
]);

/** Everything of a router that neither the world nor a policy says. */
export const RouterPart = Type.Partial(
  Type.Pick(RouterSpec, ['arms', 'features', 'metrics', 'objective', 'prior', 'half_life', 'feedback_window']),
  { additionalProperties: false },
);

export const Contestant = closed({
  name: Type.String({ minLength: 1, maxLength: 60 }),
  policy: Type.Optional(PolicySpec),
  floor: Type.Optional(Share),
  profiles: Type.Optional(
    Type.Union([Type.Boolean(), Type.String()], {
      description: 'start from the means of the cells (true), or from those of a split of the table (its name)',
    }),
  ),
  watch: Type.Optional(Type.Boolean({ description: 'for changes that nobody tells; yes by default' })),
  budget: Type.Optional(Type.Union([Budget, Type.Null()])),
});

export const ScenarioFile = closed({
  name: Type.Optional(Type.String({ pattern: routerNamePattern })),
  title: Type.Optional(Type.String({ maxLength: 200 })),
  world: WorldSpec,
  router: Type.Optional(RouterPart),
  policies: Type.Array(Contestant, { minItems: 1, maxItems: 50 }),
  disturbances: Type.Optional(Type.Array(DisturbanceSpec, { maxItems: 100 })),
  budget: Type.Optional(Budget),
  seeds: Type.Optional(Type.Integer({ minimum: 2, maximum: 10_000 })),
});

export type TableWorldSpec = Static<typeof TableWorld>;
export type ProfileWorldSpec = Static<typeof ProfileWorld>;
export type LinearWorldSpec = Static<typeof LinearWorld>;
export type DisturbanceSpec = Static<typeof DisturbanceSpec>;
export type Contestant = Static<typeof Contestant>;
export type ScenarioFile = Static<typeof ScenarioFile>;
