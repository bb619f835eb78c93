/** POST /v1/route: the hot path. Nothing is awaited but the end of the turn, and what the service itself waits for. */
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';

import { Problem } from '../routing/problem.js';
import { RankedArm, RouteAnswer, RouteRequest } from '../routing/request.js';
import type { Service } from '../runtime/service.js';
import type { Limits } from './limits.js';
import { answers } from './schemas.js';
import { Turn } from './turn.js';

/**
 * The metrics that every router has are named, so that the serialiser writes them without testing each key against a
 * pattern: 3.1 µs instead of 7.8 for three arms, 9.7 instead of 25.7 for sixteen (JSON.stringify: 10.2 and 54.8).
 */
const optionalNumber = Type.Optional(Type.Number());
const Expected = Type.Object(
  { accuracy: optionalNumber, energy_j: optionalNumber, latency_ms: optionalNumber, cost_usd: optionalNumber },
  { additionalProperties: Type.Number() },
);
const Ranking = Type.Array(
  Type.Object({ ...RankedArm.properties, expected: Expected }, { additionalProperties: false }),
  { description: 'candidates by utility, the chosen arm first: the order to fall back in' },
);
const Answer = Type.Object({ ...RouteAnswer.properties, ranking: Ranking }, { additionalProperties: false });

/** @param together whether requests of one turn of the event loop are decided together; traced ones run in contexts of their own */
export function registerRoute(
  app: FastifyInstance,
  service: Service,
  limits: Pick<Limits, 'route' | 'waiting'>,
  together: boolean,
): void {
  const turn = new Turn((request: RouteRequest) => service.route(request), limits.waiting);
  // One for all who are refused, since the stack of an error takes longer to write down than the refusal.
  const detail = `${limits.waiting} requests wait for a decision, as many as may; ask again in a second`;
  const full = new Problem('overloaded', detail, [], 1);
  app.post<{ Body: RouteRequest }>(
    '/v1/route',
    {
      bodyLimit: limits.route,
      onRequest: (_request, _reply, done) => (turn.isFull ? done(full) : done()),
      config: { hot: true, forgetsText: true },
      schema: {
        summary: 'Choose an arm for one request',
        tags: ['routing'],
        body: RouteRequest,
        response: answers({ 200: Answer }),
      },
    },
    (request, reply) => {
      if (together) return turn.add(request.body, reply) ? undefined : reply.send(full);
      const answer = service.route(request.body);
      return answer instanceof Promise ? answer : reply.send(answer);
    },
  );
}
