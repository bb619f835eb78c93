/** /v1/routers/:id/arms: models come, pause and go while requests are routed. */
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';

import { Arm } from '../routing/spec.js';
import type { Patch } from '../runtime/spec-changes.js';
import type { Service } from '../runtime/service.js';
import { tagged } from './routers.js';
import { answers, ArmAddress, ArmPatch, RouterAddress, RouterState } from './schemas.js';

const tags = ['arms'];
type Id = { Params: { id: string } };
type ArmId = { Params: { id: string; arm: string } };

export function registerArms(app: FastifyInstance, service: Service): void {
  app.get<Id>(
    '/v1/routers/:id/arms',
    {
      schema: {
        summary: 'The arms of a router',
        tags,
        params: RouterAddress,
        response: answers({ 200: Type.Object({ arms: Type.Array(Arm) }) }),
      },
    },
    async (request, reply) => ({ arms: tagged(reply, service.readRouter(request.params.id)).spec.arms }),
  );

  app.post<Id & { Body: Arm }>(
    '/v1/routers/:id/arms',
    {
      schema: {
        summary: 'Add an arm',
        tags,
        params: RouterAddress,
        body: Arm,
        response: answers({ 201: RouterState }),
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const state = await service.addArm(id, request.body);
      const address = `/v1/routers/${encodeURIComponent(id)}/arms/${encodeURIComponent(request.body.id)}`;
      void reply.code(201).header('location', address);
      return tagged(reply, state);
    },
  );

  app.patch<ArmId & { Body: Patch<Arm> }>(
    '/v1/routers/:id/arms/:arm',
    {
      schema: {
        summary: 'Pause an arm, take it up again, or change its tasks',
        tags,
        params: ArmAddress,
        body: ArmPatch,
        response: answers({ 200: RouterState }),
      },
    },
    async (request, reply) =>
      tagged(reply, await service.changeArm(request.params.id, request.params.arm, request.body)),
  );

  app.delete<ArmId>(
    '/v1/routers/:id/arms/:arm',
    { schema: { summary: 'Remove an arm', tags, params: ArmAddress, response: answers({ 200: RouterState }) } },
    async (request, reply) => tagged(reply, await service.removeArm(request.params.id, request.params.arm)),
  );
}
