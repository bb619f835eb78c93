/** PUT /v1/routers/:id/encoders/:feature: a text encoder that was fitted on the router's own prompts. */
import type { FastifyInstance } from 'fastify';

import type { Service } from '../runtime/service.js';
import { tagged } from './routers.js';
import { answers, EncoderUpload, FeatureAddress, RouterState } from './schemas.js';

type Upload = { Params: { id: string; feature: string }; Body: { artifact: string } };

export function registerEncoders(app: FastifyInstance, service: Service, bodyLimit: number): void {
  app.put<Upload>(
    '/v1/routers/:id/encoders/:feature',
    {
      bodyLimit,
      schema: {
        summary: 'Give a text feature its fitted encoder',
        description: 'Starts new statistics, seeded from what the old ones predict.',
        tags: ['routers'],
        params: FeatureAddress,
        body: EncoderUpload,
        response: answers({ 200: RouterState }),
      },
    },
    async (request, reply) => {
      const { id, feature } = request.params;
      return tagged(reply, await service.putEncoder(id, feature, request.body.artifact));
    },
  );
}
