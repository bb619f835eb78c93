import Type, { type Static } from 'typebox';

import { leastMagnitude, mostMagnitude } from './magnitude.js';

const Bound = Type.Number({ minimum: -mostMagnitude, maximum: mostMagnitude });

/**
 * What a router measures. Accuracy, energy, latency and cost are known to every router; others are declared.
 * A value outside [minimum, maximum] is refused as feedback and clamped as a prediction.
 */
export const Metric = Type.Object(
  {
    name: Type.String({ pattern: '^[a-z][a-z0-9_]{0,62}$', description: 'snake_case, with its unit as suffix' }),
    unit: Type.String({ maxLength: 32 }),
    minimum: Bound,
    maximum: Bound,
    /** Standard deviation of one outcome around its mean that is assumed before any is seen, in the metric's unit. */
    noise: Type.Optional(Type.Number({ minimum: leastMagnitude, maximum: mostMagnitude })),
  },
  { additionalProperties: false },
);
export type Metric = Static<typeof Metric>;

export const builtInMetrics: readonly Metric[] = [
  { name: 'accuracy', unit: '1', minimum: 0, maximum: 1, noise: 0.35 },
  { name: 'energy_j', unit: 'J', minimum: 0, maximum: 1e7 },
  { name: 'latency_ms', unit: 'ms', minimum: 0, maximum: 3.6e6 },
  { name: 'cost_usd', unit: 'USD', minimum: 0, maximum: 100 },
];
