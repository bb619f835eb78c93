/** GET /metrics: what the service counts, and what HTTP adds: requests and seconds by route and status. */
import type { FastifyInstance } from 'fastify';
import { Histogram, Registry } from 'prom-client';

import type { Service } from '../runtime/service.js';

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Times every request of the application and of what is registered in it later. */
export function observeRequests(app: FastifyInstance): Registry {
  const registry = new Registry();
  const seconds = new Histogram({
    name: 'tradewind_http_request_seconds',
    help: 'Seconds from the arrival of a request to the last byte of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
    registers: [registry],
  });
  // Finding a labelled child hashes its labels at every call, so the few that occur are kept.
  const children = new Map<string, ReturnType<typeof seconds.labels>>();
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    const key = `${request.method} ${route} ${reply.statusCode}`;
    let child = children.get(key);
    if (!child) {
      child = seconds.labels(request.method, route, String(reply.statusCode));
      children.set(key, child);
    }
    child.observe(reply.elapsedTime / 1000);
    done();
  });
  return registry;
}

export function registerMetrics(app: FastifyInstance, service: Service, requests: Registry): void {
  app.get(
    '/metrics',
    { config: { hot: true }, schema: { summary: 'Prometheus metrics', tags: ['operation'] } },
    async (_request, reply) => {
      const { contentType, body } = await service.metrics();
      void reply.header('content-type', contentType);
      return `${body.trimEnd()}\n${await requests.metrics()}`;
    },
  );
}
