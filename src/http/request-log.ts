/**
 * One line per request. Routing, feedback and probes come thousands of times a second, so theirs are written at level
 * debug, where pino drops them without formatting; the others at info.
 */
import type { FastifyInstance } from 'fastify';

import type { Observer } from './after-response.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route is asked so often that its requests are logged at debug only. */
    hot?: boolean;
  }
}

export function requestLog(app: FastifyInstance): Observer {
  return (request, reply, { config }) => {
    const level = config.hot ? 'debug' : 'info';
    if (config.hot && app.log.level !== 'debug' && app.log.level !== 'trace') return;
    request.log[level](
      {
        method: request.method,
        url: request.url.slice(0, 500),
        status: reply.statusCode,
        milliseconds: Math.round(reply.elapsedTime * 1000) / 1000,
      },
      'request',
    );
  };
}
