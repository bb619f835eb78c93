import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';

import { Client, ServerAway, ServerProblem } from '../../../src/cli/client.js';

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Record<string, string>;
}
interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly ifMatch: string | undefined;
}

const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));

/** A service that answers each request with the next answer; `undefined` breaks the connection. */
async function serving(...answers: (Answer | undefined)[]): Promise<{ client: Client; asked: Asked[]; url: string }> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const text = await textOf(request);
    const { method, url, headers } = request;
    asked.push({
      method: method!,
      path: url!,
      body: text === '' ? undefined : JSON.parse(text),
      ifMatch: headers['if-match'],
    });
    const answer = answers.shift();
    if (answer === undefined) return void request.socket.destroy();
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { client: new Client(`${url}/`), asked, url };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}

const ok = (value: unknown): Answer => ({ status: 200, body: JSON.stringify(value) });

async function failure(call: Promise<unknown>): Promise<Error & Partial<Pick<ServerProblem, 'code' | 'errors'>>> {
  return call.then(
    () => expect.fail('expected a failure'),
    (error: Error) => error,
  );
}

describe('the client', () => {
  it('speaks the HTTP API', async () => {
    const { client, asked } = await serving(
      ok({ results: [{ status: 'applied' }] }),
      ok({}),
      ok({}),
      ok({ rows: [] }),
      ok({}),
    );
    await client.feedback([{ feedback_token: 't', metrics: { accuracy: 1 } }]);
    await client.changeArm('r', 'a/b', { state: 'paused' });
    await client.changeRouter('r', { floor: 0.1 }, 3);
    await client.profiles('r');
    await client.putEncoder('r', 'prompt', 'QUJD');
    expect(asked).toEqual([
      { method: 'POST', path: '/v1/feedback', body: { items: [{ feedback_token: 't', metrics: { accuracy: 1 } }] } },
      { method: 'PATCH', path: '/v1/routers/r/arms/a%2Fb', body: { state: 'paused' } },
      { method: 'PATCH', path: '/v1/routers/r', body: { floor: 0.1 }, ifMatch: '"3"' },
      { method: 'GET', path: '/v1/routers/r/profiles' },
      { method: 'PUT', path: '/v1/routers/r/encoders/prompt', body: { artifact: 'QUJD' } },
    ]);
  });

  it('carries a problem with its field errors', async () => {
    const problem = {
      code: 'overloaded',
      title: 'The queue is full',
      status: 503,
      detail: 'wait',
      request_id: 'q1',
      errors: [{ pointer: '/a', detail: 'b' }],
    };
    const { client } = await serving({ status: 503, body: JSON.stringify(problem), headers: { 'retry-after': '2' } });
    const error = await failure(client.routers());
    expect(error).toBeInstanceOf(ServerProblem);
    expect(error).toMatchObject({
      status: 503,
      code: 'overloaded',
      message: 'wait',
      requestId: 'q1',
      retryAfterSeconds: 2,
    });
    expect(error.errors).toEqual([{ pointer: '/a', detail: 'b' }]);
  });

  it('gives nothing for a router that is not there, and the problem for anything else', async () => {
    const problem = (code: string) => ({ status: 404, body: JSON.stringify({ code, title: 't', detail: 'd' }) });
    const { client } = await serving(problem('unknown-router'), problem('unknown-route'));
    expect(await client.routerIfAny('r')).toBeUndefined();
    expect((await failure(client.routerIfAny('r'))).code).toBe('unknown-route');
  });

  it('says so when another program listens there', async () => {
    const { client } = await serving({ status: 200, body: '<html>' }, { status: 500, body: '{"message":"x"}' });
    expect((await failure(client.routers())).message).toMatch('is another program listening there?');
    expect((await failure(client.routers())).code).toBe('not-tradewind');
  });

  it('asks how to start the service when nothing listens', async () => {
    const { client, url } = await serving();
    await new Promise((resolve) => servers.pop()!.close(resolve));
    const error = await failure(client.routers());
    expect(error).toBeInstanceOf(ServerAway);
    expect(error.message).toBe(
      `no answer from ${url} (ECONNREFUSED): is tradewind serve running there? ` +
        'Start it with "tradewind serve", or say where it is with --url',
    );
  });

  it('asks once more over a new connection when one broke, but never makes a thing twice', async () => {
    const { client, asked } = await serving(undefined, ok({ results: [] }), undefined);
    await client.feedback([]);
    expect(asked).toHaveLength(2);
    expect(await failure(client.createRouter({ id: 'r', arms: [], features: [], objective: {} }))).toBeInstanceOf(
      ServerAway,
    );
    expect(asked).toHaveLength(3);
  });
});
