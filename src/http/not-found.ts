/** Addresses that don't exist are 404; those that exist for other methods are 405 and name them. */
import type { FastifyInstance } from 'fastify';

import { Problem } from '../routing/problem.js';
import { sendProblem } from './problem.js';

export function registerNotFound(app: FastifyInstance): void {
  const methods = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    const known = methods.get(url) ?? new Set();
    for (const name of [method].flat()) known.add(name);
    methods.set(url, known);
  });

  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0]!;
    const allowed = [...methods].filter(([pattern]) => matches(pattern, path)).flatMap(([, names]) => [...names]);
    if (allowed.length === 0) {
      const detail = `There is nothing at ${request.method} ${path.slice(0, 200)}; /docs lists what there is`;
      return sendProblem(new Problem('unknown-route', detail), request, reply);
    }
    const names = [...new Set(allowed)].join(', ');
    void reply.header('allow', names);
    const detail = `Expected one of ${names} at ${path.slice(0, 200)}, got ${request.method}`;
    return sendProblem(new Problem('method-not-allowed', detail), request, reply);
  });
}

/** Whether a path fits a pattern such as /v1/routers/:id; wildcards are left to the router. */
function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split('/');
  const given = path.split('/');
  return (
    wanted.length === given.length &&
    wanted.every((part, i) => (part.startsWith(':') ? given[i] !== '' : part === given[i]))
  );
}
