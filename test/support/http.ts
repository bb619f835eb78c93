/** Asks an application as a client would, without a port. */
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { expect } from 'vitest';

import { buildApp, type AppOptions } from '../../src/http/app.js';
import type { Service } from '../../src/runtime/service.js';
import { startService } from './service.js';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface Client {
  readonly app: FastifyInstance;
  readonly service: Service;
  /** @param body a value to send as JSON, or a string or bytes to send as they are */
  ask(method: Method, url: string, body?: unknown, headers?: Record<string, string>): Promise<LightMyRequestResponse>;
  close(): Promise<void>;
}

export async function startClient(options: Partial<AppOptions> = {}): Promise<Client> {
  const service = options.service ?? (await startService());
  const app = buildApp({ ...options, service });
  return {
    app,
    service,
    ask: (method, url, body, headers = {}) =>
      app.inject({
        method,
        url,
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { payload: payload(body) }),
      }),
    async close() {
      await app.close();
      await service.close();
    },
  };
}

const payload = (body: unknown): string | Buffer =>
  typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);

export interface ToldProblem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly request_id: string;
  readonly errors?: readonly { pointer: string; detail: string }[];
}

/** Checks that an answer is a whole problem of this code, and gives it. */
export function problemIn(response: LightMyRequestResponse, status: number, code: string): ToldProblem {
  expect({ status: response.statusCode, body: response.body.slice(0, 500) }).toMatchObject({ status });
  expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  const problem = response.json<ToldProblem>();
  expect(problem).toMatchObject({ status, code, type: `/docs/problems#${code}` });
  expect(problem.title.length).toBeGreaterThan(5);
  expect(problem.detail.length).toBeGreaterThan(5);
  expect(problem.detail.length).toBeLessThan(2000);
  expect(problem.request_id).toBe(response.headers['x-request-id']);
  return problem;
}
