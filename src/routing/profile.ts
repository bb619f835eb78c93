/** One measured cell of a profile: how one arm did on one task. */
import Type, { type Static } from 'typebox';

export const ProfileRow = Type.Object(
  {
    arm: Type.String({ minLength: 1, maxLength: 200 }),
    task: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'absent: measured over all tasks' })),
    /** Means per request, in the units of the metrics: accuracy, energy_j, latency_ms, cost_usd or declared ones. */
    metrics: Type.Record(Type.String({ pattern: '^[a-z][a-z0-9_]{0,62}$' }), Type.Number(), {
      additionalProperties: false,
    }),
    /** How many requests the means were measured over. */
    samples: Type.Integer({ minimum: 1 }),
    source: Type.String({ minLength: 1, maxLength: 500 }),
    measured_on: Type.String({ pattern: '^[0-9]{4}(-[0-9]{2}){0,2}$', description: 'year, month or day' }),
    hardware: Type.Optional(Type.String({ maxLength: 500 })),
    method: Type.Optional(Type.String({ maxLength: 2000 })),
  },
  { additionalProperties: false },
);
export type ProfileRow = Static<typeof ProfileRow>;
