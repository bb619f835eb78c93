import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';

import { pino, type Logger } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { problemTable } from '../../../src/http/problem.js';
import { Problem } from '../../../src/routing/problem.js';
import { problemIn, startClient, type Client } from '../../support/http.js';
import { fixedAnswer, stubService } from '../../support/stub-service.js';

const question = { router: 'default', context: { task: 'sentiment' } };

describe('every refusal is a problem that says how to mend it', () => {
  let client: Client;
  beforeAll(
    async () => (client = await startClient({ service: stubService(), limits: { other: 1000, route: 100_000 } })),
  );
  afterAll(() => client.close());

  test('an address that does not exist is 404', async () => {
    problemIn(await client.ask('GET', '/v1/nothing'), 404, 'unknown-route');
    problemIn(await client.ask('POST', '/v2/route', question), 404, 'unknown-route');
  });

  test('a method that an address does not take is 405 and names those it takes', async () => {
    const response = await client.ask('DELETE', '/v1/routers/default');
    expect(problemIn(response, 405, 'method-not-allowed').detail).toContain('got DELETE');
    expect(response.headers.allow).toMatch(/GET/);
    expect(response.headers.allow).toMatch(/PATCH/);
  });

  test('a half escape in the address is 400, a name without end 414', async () => {
    problemIn(await client.ask('GET', '/v1/routers/%zz'), 400, 'invalid-request');
    problemIn(await client.ask('GET', `/v1/routers/${'a'.repeat(2000)}`), 414, 'address-too-long');
  });

  test('a body that is not JSON is 400 with line and column', async () => {
    const response = await client.ask('POST', '/v1/route', '{"router": "default",\n "context": }');
    expect(problemIn(response, 400, 'malformed-json').detail).toMatch(/^Line 2, column 13: unexpected }/);
  });

  test('a body of another type is 415', async () => {
    const text = await client.ask('POST', '/v1/route', 'hello', { 'content-type': 'text/plain' });
    expect(problemIn(text, 415, 'unsupported-media-type').detail).toContain('got "text/plain"');
    const form = await client.ask('POST', '/v1/route', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' });
    problemIn(form, 415, 'unsupported-media-type');
  });

  test('a charset beside the type is fine', async () => {
    const response = await client.ask('POST', '/v1/route', question, {
      'content-type': 'application/json; charset=utf-8',
    });
    expect(response.statusCode).toBe(200);
  });

  test('no body at all is 400', async () => {
    problemIn(await client.ask('POST', '/v1/route'), 400, 'invalid-request');
    problemIn(await client.ask('POST', '/v1/route', ''), 400, 'malformed-json');
  });

  test('bytes that are not UTF-8 are 400', async () => {
    const body = Buffer.concat([Buffer.from('{"router":"'), Buffer.from([0xff, 0xfe]), Buffer.from('","context":{}}')]);
    expect(problemIn(await client.ask('POST', '/v1/route', body), 400, 'malformed-json').detail).toContain('UTF-8');
  });

  test('a body over the limit is 413 and names the limit', async () => {
    const response = await client.ask('POST', '/v1/routers', { id: 'x'.repeat(2000) });
    expect(problemIn(response, 413, 'payload-too-large').detail).toContain('at most 1000 bytes');
  });

  test('bytes that are no HTTP get a problem too', async () => {
    await client.app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = client.app.server.address() as AddressInfo;
    const answer = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect(port, '127.0.0.1', () => socket.write('\u0016\u0003\u0001 hello\r\n\r\n'));
      socket.on('data', (bytes) => (text += bytes.toString()));
      socket.on('close', () => resolve(text)).on('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).toMatchObject({
      status: 400,
      code: 'invalid-request',
    });
  });

  test('every code is explained where its type leads', async () => {
    const page = (await client.ask('GET', '/docs/problems')).body;
    for (const { code } of problemTable) expect(page).toContain(`id="${code}"`);
  });
});

describe('faults of the service', () => {
  const failing = (error: unknown, logger?: Logger) => {
    const fail = () => {
      throw error;
    };
    const service = stubService({ route: fail, feedback: async () => fail() });
    return startClient({ service, ...(logger ? { logger } : {}) });
  };

  test('what nobody foresaw is 500, told to nobody and logged with the request id', async () => {
    let log = '';
    const logger = pino({ level: 'info' }, { write: (line: string) => void (log += line) });
    const client = await failing(new Error('password=hunter2'), logger);
    for (const [url, body] of [
      ['/v1/route', question],
      ['/v1/feedback', { decision_id: crypto.randomUUID(), failed: true }],
    ] as const) {
      const response = await client.ask('POST', url, body, { 'x-request-id': 'ticket-7' });
      problemIn(response, 500, 'internal');
      expect(response.body).not.toContain('hunter2');
    }
    expect(log).toContain('hunter2');
    expect(log).toContain('"request_id":"ticket-7"');
    await client.close();
  });

  test('a full queue is 503 and says when to come again', async () => {
    const client = await failing(new Problem('overloaded', 'The decision log is full', [], 2.2));
    const response = await client.ask('POST', '/v1/route', question);
    problemIn(response, 503, 'overloaded');
    expect(response.headers['retry-after']).toBe('3');
    await client.close();
  });

  test('an unreachable database is 503, with a second to wait where none is named', async () => {
    const client = await failing(new Problem('database-unavailable', 'The database cannot be reached'));
    const response = await client.ask('POST', '/v1/feedback', { decision_id: crypto.randomUUID(), failed: true });
    problemIn(response, 503, 'database-unavailable');
    expect(response.headers['retry-after']).toBe('1');
    await client.close();
  });

  test('a number that is none never leaves as an answer', async () => {
    const client = await startClient({ service: stubService({ route: () => ({ ...fixedAnswer, propensity: NaN }) }) });
    problemIn(await client.ask('POST', '/v1/route', question), 500, 'internal');
    await client.close();
  });
});

describe('request ids', () => {
  let client: Client;
  beforeAll(async () => (client = await startClient({ service: stubService() })));
  afterAll(() => client.close());

  test('a safe id is kept, an unsafe or endless one replaced', async () => {
    const kept = await client.ask('GET', '/livez', undefined, { 'x-request-id': 'a-b_c.1:2' });
    expect(kept.headers['x-request-id']).toBe('a-b_c.1:2');
    for (const unsafe of ['a b', '<script>', 'x'.repeat(129), '']) {
      const replaced = await client.ask('GET', '/livez', undefined, { 'x-request-id': unsafe });
      expect(replaced.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    }
  });
});
