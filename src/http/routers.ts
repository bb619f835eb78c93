/** /v1/routers: what is routed between, declared and changed while running. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { Problem } from '../routing/problem.js';
import { RouterSpec } from '../routing/spec.js';
import type { Patch } from '../runtime/spec-changes.js';
import type { RouterState as State, Service } from '../runtime/service.js';
import { answers, Overview, RouterAddress, RouterPatch, Routers, RouterState } from './schemas.js';

const tags = ['routers'];
type Id = { Params: { id: string } };

export function registerRouters(app: FastifyInstance, service: Service): void {
  app.get('/v1/routers', { schema: { summary: 'All routers', tags, response: answers({ 200: Routers }) } }, () =>
    Promise.resolve({ routers: service.listRouters() }),
  );

  app.post<{ Body: RouterSpec }>(
    '/v1/routers',
    { schema: { summary: 'Declare a router', tags, body: RouterSpec, response: answers({ 201: RouterState }) } },
    async (request, reply) => {
      const state = await service.createRouter(request.body);
      void reply.code(201).header('location', `/v1/routers/${encodeURIComponent(state.spec.id)}`);
      return tagged(reply, state);
    },
  );

  app.get<Id>(
    '/v1/routers/:id',
    { schema: { summary: 'One router', tags, params: RouterAddress, response: answers({ 200: RouterState }) } },
    async (request, reply) => tagged(reply, service.readRouter(request.params.id)),
  );

  app.patch<Id & { Body: Patch<RouterSpec> }>(
    '/v1/routers/:id',
    {
      schema: {
        summary: 'Change a router',
        description: 'With If-Match and the ETag that was read, a change that somebody else made since answers 412.',
        tags,
        params: RouterAddress,
        body: RouterPatch,
        response: answers({ 200: RouterState }),
      },
    },
    async (request, reply) =>
      tagged(reply, await service.changeRouter(request.params.id, request.body, expectedRevision(request))),
  );

  app.get<Id>(
    '/v1/routers/:id/overview',
    {
      schema: {
        summary: 'What a router did of late',
        tags,
        params: RouterAddress,
        response: answers({ 200: Overview }),
      },
    },
    async (request) => {
      return service.overview(request.params.id);
    },
  );
}

/** Sends a router with its revision as the ETag. */
export function tagged(reply: FastifyReply, state: State): State {
  void reply.header('etag', `"${state.revision}"`);
  return state;
}

/** The revision named by If-Match; `*` and an absent header ask for none. */
function expectedRevision(request: FastifyRequest): number | undefined {
  const header = request.headers['if-match'];
  if (header === undefined || header.trim() === '*') return undefined;
  const revision = /^(?:W\/)?"(\d{1,15})"$/.exec(header.trim())?.[1];
  if (revision !== undefined) return Number(revision);
  throw new Problem(
    'invalid-request',
    `Expected If-Match to hold one ETag as it was read, such as "3" in quotes, got ${JSON.stringify(header.slice(0, 60))}`,
  );
}
