/** /livez: the process answers. /readyz: it routes; degraded (no database) is still ready, because routing needs none. */
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';

import type { Service } from '../runtime/service.js';
import { Readiness } from './schemas.js';

const tags = ['operation'];

export function registerHealth(app: FastifyInstance, service: Service): void {
  const Alive = Type.Object({ status: Type.Literal('alive') });
  app.get(
    '/livez',
    { config: { hot: true }, schema: { summary: 'Alive?', tags, response: { 200: Alive } } },
    async () => ({
      status: 'alive',
    }),
  );

  app.get(
    '/readyz',
    {
      config: { hot: true },
      schema: { summary: 'Ready to route?', tags, response: { 200: Readiness, 503: Readiness } },
    },
    async (_request, reply) => {
      const readiness = service.readiness();
      const routes = readiness.status === 'ready' || readiness.status === 'degraded';
      void reply.code(routes ? 200 : 503).header('cache-control', 'no-store');
      return readiness;
    },
  );
}
