/**
 * One line per request. Routing, feedback and probes come thousands of times a second, so theirs are written at level
 * debug, where pino drops them without formatting; the others at info.
 */
import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route is asked so often that its requests are logged at debug only. */
    hot?: boolean;
  }
}

export function registerRequestLog(app: FastifyInstance): void {
  app.addHook('onResponse', (request, reply, done) => {
    const level = request.routeOptions.config.hot ? 'debug' : 'info';
    if (app.log.level === 'debug' || app.log.level === 'trace' || level === 'info') {
      request.log[level](
        {
          method: request.method,
          url: request.url.slice(0, 500),
          status: reply.statusCode,
          milliseconds: Math.round(reply.elapsedTime * 1000) / 1000,
        },
        'request',
      );
    }
    done();
  });
}
