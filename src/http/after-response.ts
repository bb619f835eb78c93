/** What is done with a request after its answer has gone: it is counted, and logged. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

export type RouteOptions = FastifyRequest['routeOptions'];
export type Observer = (request: FastifyRequest, reply: FastifyReply, route: RouteOptions) => void;

/** One hook for all observers, because Fastify makes the options of a route anew each time that they are read. */
export function observeResponses(app: FastifyInstance, observers: readonly Observer[]): void {
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions;
    for (const observe of observers) observe(request, reply, route);
    done();
  });
}
