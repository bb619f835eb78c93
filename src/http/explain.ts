/** GET /v1/routers/:id/explain/:decision_id: why a logged decision came out as it did. */
import type { FastifyInstance } from 'fastify';

import type { Service } from '../runtime/service.js';
import { answers, DecisionAddress, Explanation } from './schemas.js';

export function registerExplain(app: FastifyInstance, service: Service): void {
  app.get<{ Params: { id: string; decision_id: string } }>(
    '/v1/routers/:id/explain/:decision_id',
    {
      schema: {
        summary: 'Why a decision came out as it did',
        tags: ['routing'],
        params: DecisionAddress,
        response: answers({ 200: Explanation }),
      },
    },
    (request) => service.explain(request.params.id, request.params.decision_id),
  );
}
