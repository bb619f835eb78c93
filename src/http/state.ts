/** /v1/routers/:id/state: a router's whole memory, to keep it or to move it. */
import type { FastifyInstance } from 'fastify';

import { ExportedState } from '../runtime/exported-state.js';
import type { Service } from '../runtime/service.js';
import { tagged } from './routers.js';
import { answers, RouterAddress, RouterState } from './schemas.js';

const tags = ['state'];
type Id = { Params: { id: string } };

export function registerState(app: FastifyInstance, service: Service, bodyLimit: number): void {
  app.get<Id>(
    '/v1/routers/:id/state',
    { schema: { summary: 'Export', tags, params: RouterAddress, response: answers({ 200: ExportedState }) } },
    (request) => service.exportState(request.params.id),
  );

  app.put<Id & { Body: unknown }>(
    '/v1/routers/:id/state',
    {
      bodyLimit,
      schema: {
        summary: 'Import what was exported',
        tags,
        params: RouterAddress,
        body: ExportedState,
        response: answers({ 200: RouterState }),
      },
    },
    async (request, reply) => tagged(reply, await service.importState(request.params.id, request.body)),
  );
}
