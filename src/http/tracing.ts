/** A span for each request, continuing the trace of whoever sent it. Registered only where tracing is on. */
import type { FastifyInstance, FastifyRequest } from 'fastify';

import type { RequestSpan, Tracing } from '../runtime/tracing.js';

export function registerTracing(app: FastifyInstance, tracing: Tracing): void {
  const spans = new WeakMap<FastifyRequest, RequestSpan>();
  app.addHook('onRequest', (request, _reply, done) => {
    const { method, url, headers, protocol } = request;
    const known = { 'http.request.method': method, 'url.path': url.split('?', 1)[0], 'url.scheme': protocol };
    spans.set(request, tracing.request(method, headers, known));
    done();
  });
  // The last hook before the handler: what it calls runs in the context of the request.
  app.addHook('preHandler', (request, _reply, done) => {
    const span = spans.get(request);
    if (span) span.run(done);
    else done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const span = spans.get(request);
    const route = request.routeOptions.url;
    span?.set({ 'http.response.status_code': reply.statusCode });
    if (route !== undefined) {
      span?.set({ 'http.route': route });
      span?.rename(`${request.method} ${route}`);
    }
    span?.end(reply.statusCode >= 500 ? String(reply.statusCode) : undefined);
    done();
  });
}
