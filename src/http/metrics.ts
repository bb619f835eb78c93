/** GET /metrics: what the service counts, and what HTTP adds: requests and seconds by route and status. */
import type { FastifyInstance } from 'fastify';

import { Durations, histogramText } from '../runtime/durations.js';
import type { Service } from '../runtime/service.js';
import type { Observer } from './after-response.js';

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Seconds of requests, by method, pattern of the address and status: OpenTelemetry's `http.server.request.duration`, by the
 * names that Prometheus has for it. Addresses that nobody declared have no route.
 */
export class RequestSeconds {
  private readonly series = new Map<string, Durations>();
  /** The same by status, method and pattern: three look-ups of known strings take less than making one of three. */
  private readonly known = new Map<number, Map<string, Map<string, Durations>>>();

  readonly observer: Observer = ({ method }, { statusCode, elapsedTime }, { url = '' }) => {
    const durations = this.known.get(statusCode)?.get(method)?.get(url) ?? this.begin(statusCode, method, url);
    durations.observe(elapsedTime / 1000);
  };

  text(): string {
    const help = 'Seconds from the arrival of a request to the last byte of its answer';
    return histogramText('http_server_request_duration_seconds', help, this.series);
  }

  private begin(status: number, method: string, route: string): Durations {
    const durations = new Durations(SECONDS);
    this.series.set(labelsOf(method, route, status), durations);
    const byMethod = this.known.get(status) ?? new Map<string, Map<string, Durations>>();
    const byRoute = byMethod.get(method) ?? new Map<string, Durations>();
    this.known.set(status, byMethod.set(method, byRoute.set(route, durations)));
    return durations;
  }
}

const labelsOf = (method: string, route: string, status: number): string =>
  `http_request_method="${method}",http_route="${route}",http_response_status_code="${status}",url_scheme="http"`;

export function registerMetrics(app: FastifyInstance, service: Service, requests: RequestSeconds): void {
  app.get(
    '/metrics',
    { config: { hot: true }, schema: { summary: 'Prometheus metrics', tags: ['operation'] } },
    async (_request, reply) => {
      const { contentType, body } = await service.metrics();
      void reply.header('content-type', contentType);
      return `${body.trimEnd()}\n${requests.text()}`;
    },
  );
}
