/** /v1/routers/:id/retractions: take back what a source reported, see how far that is, and who did it before. */
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';

import { RetractionBody } from '../runtime/retractions.js';
import type { Service } from '../runtime/service.js';
import { answers, RouterAddress } from './schemas.js';

const tags = ['routing'];
const asked = {
  router: Type.String(),
  source: Type.String(),
  since: Type.String(),
  until: Type.Optional(Type.String()),
};
const warnings = Type.Array(Type.String());

const RetractionState = Type.Object({
  ...asked,
  retraction: Type.Integer({ description: 'counts from 1 within the router' }),
  requested_by: Type.String(),
  reason: Type.String(),
  requested_at: Type.String(),
  finished_at: Type.Optional(Type.String()),
  status: Type.Union([Type.Literal('running'), Type.Literal('finished')]),
  progress: Type.Number({ description: 'share of the log that was gone through' }),
  outcomes: Type.Integer({ description: 'taken out of the statistics so far' }),
  restored: Type.Integer({ description: 'of these, outcomes that gave way to what they had replaced' }),
  warnings,
});
const RetractionPreview = Type.Object({
  ...asked,
  status: Type.Literal('dry-run'),
  outcomes: Type.Integer({ description: 'that would be taken out' }),
  warnings,
});
const Retractions = Type.Object({ retractions: Type.Array(RetractionState) });
const RetractionAddress = Type.Object(
  { ...RouterAddress.properties, retraction: Type.String({ pattern: '^[1-9][0-9]{0,8}$' }) },
  { additionalProperties: false },
);

type Id = { Params: { id: string } };

export function registerRetractions(app: FastifyInstance, service: Service): void {
  app.post<Id & { Body: RetractionBody }>(
    '/v1/routers/:id/retractions',
    {
      schema: {
        summary: 'Take back what a source reported',
        description:
          'Takes the outcomes of a source out of the statistics by exact subtraction, as if they had never come; what ' +
          'they had corrected counts again. Answers 202 at once and works in the background: ask the address in ' +
          'Location how far it is. The same request while it is under way is the same retraction. What was taken back ' +
          'stays out when its source sends it again (feedback-retracted), unless it says "correction": true.',
        tags,
        params: RouterAddress,
        body: RetractionBody,
        response: answers({ 200: RetractionPreview, 202: RetractionState }),
      },
    },
    async (request, reply) => {
      const answer = await service.retract(request.params.id, request.body);
      if (answer.status === 'dry-run') return answer;
      const address = `/v1/routers/${encodeURIComponent(request.params.id)}/retractions/${answer.retraction}`;
      void reply.code(202).header('location', address);
      return answer;
    },
  );

  app.get<Id>(
    '/v1/routers/:id/retractions',
    {
      schema: {
        summary: 'What was taken back, by whom and when',
        tags,
        params: RouterAddress,
        response: answers({ 200: Retractions }),
      },
    },
    async (request) => ({ retractions: await service.listRetractions(request.params.id) }),
  );

  app.get<{ Params: { id: string; retraction: string } }>(
    '/v1/routers/:id/retractions/:retraction',
    {
      schema: {
        summary: 'One retraction, and how far it is',
        tags,
        params: RetractionAddress,
        response: answers({ 200: RetractionState }),
      },
    },
    (request) => service.readRetraction(request.params.id, Number(request.params.retraction)),
  );
}
