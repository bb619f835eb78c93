import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { problemTable } from '../../../src/http/problem.js';
import { problemIn, startClient, type Client } from '../../support/http.js';
import { stubService } from '../../support/stub-service.js';

let client: Client;
beforeAll(async () => (client = await startClient()));
afterAll(() => client.close());

describe('probes', () => {
  test('a process that answers is alive', async () => {
    expect((await client.ask('GET', '/livez')).json()).toEqual({ status: 'alive' });
  });

  test.each([
    ['ready', 200],
    ['degraded', 200],
    ['starting', 503],
    ['stopping', 503],
  ] as const)('a service that is %s answers /readyz with %i', async (status, code) => {
    const readiness = { status, reasons: ['a reason'] };
    const other = await startClient({ service: stubService({ readiness: () => readiness }) });
    const response = await other.ask('GET', '/readyz');
    expect(response.statusCode).toBe(code);
    expect(response.json()).toEqual(readiness);
    await other.app.close();
  });
});

describe('more requests at once than may wait', () => {
  test('are refused with 503 and Retry-After while the others are answered, and are answered a moment later', async () => {
    const crowd = await startClient({ limits: { waiting: 3 } });
    const ask = () => crowd.ask('POST', '/v1/route', { router: 'default', context: { task: 'sentiment' } });
    const answers = await Promise.all(Array.from({ length: 20 }, ask));
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(3);
    for (const refusal of answers.filter(({ statusCode }) => statusCode !== 200)) {
      expect(problemIn(refusal, 503, 'overloaded').detail).toMatch(/^3 requests wait for a decision/);
      expect(refusal.headers['retry-after']).toBe('1');
    }
    expect((await ask()).statusCode).toBe(200);
    await crowd.close();
  });
});

describe('/metrics', () => {
  test('holds what the service counts and the seconds of requests by route and status', async () => {
    await client.ask('POST', '/v1/route', { router: 'nobody', context: {} });
    const response = await client.ask('GET', '/metrics');
    expect(response.headers['content-type']).toMatch(/^text\/plain/);
    const own = (await client.service.metrics()).body.split('\n')[0]!;
    expect(response.body).toContain(own);
    expect(response.body).toMatch(
      /http_server_request_duration_seconds_count\{http_request_method="POST",http_route="\/v1\/route",http_response_status_code="404",url_scheme="http"\} 1\b/,
    );
  });

  test('addresses that nobody declared share one label', async () => {
    for (let i = 0; i < 5; i++) await client.ask('GET', `/guess/${i}`);
    const { body } = await client.ask('GET', '/metrics');
    expect(body).toContain('http_route="",http_response_status_code="404",url_scheme="http"} 5');
    expect(body).not.toContain('guess');
  });
});

describe('documentation', () => {
  test('/openapi.json describes every endpoint with its answers and problems', async () => {
    const document = (await client.ask('GET', '/openapi.json')).json<{
      openapi: string;
      paths: Record<string, Record<string, { summary?: string; responses: Record<string, { content?: object }> }>>;
    }>();
    expect(document.openapi).toMatch(/^3\.1/);
    expect(Object.keys(document.paths).sort()).toEqual([
      '/livez',
      '/metrics',
      '/readyz',
      '/v1/feedback',
      '/v1/route',
      '/v1/routers',
      '/v1/routers/{id}',
      '/v1/routers/{id}/arms',
      '/v1/routers/{id}/arms/{arm}',
      '/v1/routers/{id}/encoders/{feature}',
      '/v1/routers/{id}/evaluate',
      '/v1/routers/{id}/explain/{decision_id}',
      '/v1/routers/{id}/overview',
      '/v1/routers/{id}/profiles',
      '/v1/routers/{id}/retractions',
      '/v1/routers/{id}/retractions/{retraction}',
      '/v1/routers/{id}/state',
    ]);
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const operation of Object.values(methods)) {
        expect(operation.summary, path).toBeTruthy();
        if (path.startsWith('/v1/')) {
          expect(Object.keys(operation.responses['default']?.content ?? {}), path).toEqual([
            'application/problem+json',
          ]);
        }
      }
    }
  });

  test('/openapi.json tells what is sent and what comes back, with examples that fit', async () => {
    type Media = { schema: TSchema; example?: unknown; examples?: Record<string, { value: unknown }> };
    type Body = { description?: string; content?: Record<string, Media> };
    type Operation = { requestBody?: Body; responses: Record<string, Body> };
    const { paths } = (await client.ask('GET', '/openapi.json')).json<{
      paths: Record<string, Record<string, Operation>>;
    }>();
    const examples = new Map<string, number>();
    for (const [path, methods] of Object.entries(paths)) {
      for (const [method, { requestBody, responses }] of Object.entries(methods)) {
        const name = `${method.toUpperCase()} ${path}`;
        for (const body of [...(requestBody ? [requestBody] : []), ...Object.values(responses)]) {
          expect(body.description, name).toMatch(/^(?!Default Response).{10,}/);
          for (const { schema, example, examples: named = {} } of Object.values(body.content ?? {})) {
            const values = [
              ...(example === undefined ? [] : [example]),
              ...Object.values(named).map(({ value }) => value),
            ];
            for (const value of values) expect([...Value.Errors(schema, value)], name).toEqual([]);
            if (!body.description!.startsWith('What went wrong'))
              examples.set(name, (examples.get(name) ?? 0) + values.length);
          }
        }
      }
    }
    for (const name of ['POST /v1/route', 'POST /v1/feedback', 'POST /v1/routers', 'PATCH /v1/routers/{id}'])
      expect(examples.get(name), name).toBeGreaterThan(0);
    expect(paths['/v1/routers']!['post']!.requestBody).toMatchObject({
      content: { 'application/json': { schema: { properties: { floor: { default: 0.01 } } } } },
    });
  });

  test('the list of problems says of each, once, what it is and what to do', async () => {
    const { body } = await client.ask('GET', '/docs/problems');
    const rows = [...body.matchAll(/<tr id="([^"]+)">.*<td>([^<]+)<\/td><td>([^<]+)<\/td><\/tr>/g)];
    expect(rows.map(([, code]) => code)).toEqual(problemTable.map(({ code }) => code));
    const said = rows.flatMap(([, , title, help]) => [title, help]);
    expect(new Set(said).size).toBe(2 * problemTable.length);
  });

  test('the pages load nothing from elsewhere and may run nothing but their own scripts', async () => {
    for (const url of ['/', '/docs', '/docs/problems']) {
      const page = await client.ask('GET', url);
      expect(page.statusCode).toBe(200);
      expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(page.headers['content-security-policy']).toMatch(/default-src 'none'; script-src 'self'/);
      const loaded = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!);
      for (const address of loaded) {
        expect(address).toMatch(/^[/.#]/);
        if (address.startsWith('/')) expect((await client.ask('GET', address)).statusCode, address).toBe(200);
      }
    }
  });

  test('every script of the dashboard finds the scripts it imports', async () => {
    const open = ['/dashboard/main.js'];
    const seen = new Set<string>();
    for (let url = open.pop(); url; url = open.pop()) {
      if (seen.has(url)) continue;
      seen.add(url);
      const script = await client.ask('GET', url);
      expect([url, script.statusCode, script.headers['content-type']]).toEqual([
        url,
        200,
        'text/javascript; charset=utf-8',
      ]);
      for (const [, name] of script.body.matchAll(/from '\.\/([^']+)'/g)) open.push(`/dashboard/${name}`);
    }
    expect(seen.size).toBeGreaterThan(5);
  });

  test('every answer forbids guessing its type, and none allows other origins', async () => {
    for (const url of ['/', '/livez', '/v1/routers', '/nothing']) {
      const { headers } = await client.ask('GET', url, undefined, { origin: 'https://elsewhere.example' });
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    }
  });
});
