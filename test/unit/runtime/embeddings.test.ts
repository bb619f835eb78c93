import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';

import { createContextEncoder } from '../../../src/routing/features/context-encoder.js';
import type { Feature } from '../../../src/routing/spec.js';
import { createEmbeddingsClient, type EmbeddingFailure } from '../../../src/runtime/embeddings.js';

const EMBEDDING = [0.6, 0, -0.8];
const closers: (() => void)[] = [];
afterEach(() => closers.splice(0).forEach((close) => close()));

/** A server on a free port, and how often it was asked. */
async function endpoint(listener: RequestListener) {
  const asked: { body: string; authorization: string | undefined }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked.push({ body: Buffer.concat(chunks).toString(), authorization: request.headers.authorization });
      listener(request, response);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/embeddings`, asked };
}

const answering =
  (embedding: unknown): RequestListener =>
  (_request, response) =>
    response.end(JSON.stringify({ object: 'list', data: [{ index: 0, embedding }] }));

function feature(url: string, more: object = {}): Feature {
  const embeddings = { url, model: 'small', dimension: 3, timeout_ms: 2000, ...more };
  return { name: 'prompt', type: 'text', dimension: 8, embeddings };
}

function client(more: Partial<Parameters<typeof createEmbeddingsClient>[0]> = {}) {
  const failures: EmbeddingFailure[] = [];
  return { failures, ...createEmbeddingsClient({ env: {}, onFailure: (failure) => failures.push(failure), ...more }) };
}

describe('the embeddings client', () => {
  it('hands the embedding of a text over to the encoder', async () => {
    const { url, asked } = await endpoint(answering(EMBEDDING));
    const { embeddingsOf } = client({ env: { SOME_API_KEY: 'sesame' } });
    const features = [feature(url, { api_key_env: 'SOME_API_KEY' })];
    const embeddings = await embeddingsOf(features, { prompt: 'hello' });
    expect(JSON.parse(asked[0].body)).toEqual({ model: 'small', input: 'hello', encoding_format: 'float' });
    expect(asked[0].authorization).toBe('Bearer sesame');
    const encoder = createContextEncoder(features);
    expect(Array.from(encoder.encode({ prompt: 'hello' }, embeddings)).slice(1, 5)).toEqual([2458, 0, -3277, 0]);
  });

  it('does nothing for a router without embeddings', () => {
    const { embeddingsOf } = client();
    expect(embeddingsOf([{ name: 'prompt', type: 'text', dimension: 8 }], { prompt: 'hello' })).toBeUndefined();
  });

  it('does not ask for a blank, missing or misplaced text', () => {
    const { embeddingsOf } = client();
    for (const context of [{}, { prompt: ' \n' }, { prompt: 3 }]) {
      expect(embeddingsOf([feature('http://127.0.0.1:9/')], context)).toEqual(new Map());
    }
  });

  it('answers at once, without asking, what it knows', async () => {
    const { url, asked } = await endpoint(answering(EMBEDDING));
    const { embeddingsOf } = client();
    await embeddingsOf([feature(url)], { prompt: 'hello' });
    expect(embeddingsOf([feature(url)], { prompt: 'hello' })).toEqual(new Map([['prompt', EMBEDDING]]));
    await embeddingsOf([feature(url)], { prompt: 'other' });
    await embeddingsOf([feature(url, { model: 'large' })], { prompt: 'hello' });
    expect(asked).toHaveLength(3);
  });

  it('asks once for a text that is wanted many times at once', async () => {
    const { url, asked } = await endpoint(answering(EMBEDDING));
    const { embeddingsOf } = client();
    const all = await Promise.all(Array.from({ length: 20 }, () => embeddingsOf([feature(url)], { prompt: 'hello' })));
    expect(asked).toHaveLength(1);
    expect(all.every((embeddings) => embeddings?.get('prompt')?.length === 3)).toBe(true);
  });

  it('forgets what was used longest ago when its memory is full', async () => {
    const { url, asked } = await endpoint(answering(EMBEDDING));
    const { embeddingsOf } = client({ cachedNumbers: 6 });
    for (const prompt of ['a', 'b', 'a', 'c', 'a', 'b']) await embeddingsOf([feature(url)], { prompt });
    expect(asked.map(({ body }) => JSON.parse(body).input)).toEqual(['a', 'b', 'c', 'b']);
  });

  it('falls back when no answer comes in time, and lets the next one through', async () => {
    const { url } = await endpoint(() => undefined);
    const { embeddingsOf, failures } = client({ concurrency: 1 });
    const features = [feature(url, { timeout_ms: 40 })];
    const both = await Promise.all([embeddingsOf(features, { prompt: 'a' }), embeddingsOf(features, { prompt: 'b' })]);
    expect(both).toEqual([new Map(), new Map()]);
    expect(failures.map(({ feature, reason }) => [feature, /time/i.test(reason)])).toEqual([
      ['prompt', true],
      ['prompt', true],
    ]);
    const good = await endpoint(answering(EMBEDDING));
    expect(await embeddingsOf([feature(good.url)], { prompt: 'a' })).toEqual(new Map([['prompt', EMBEDDING]]));
  });

  it.each<[string, RequestListener, string]>([
    ['an error', (_, response) => response.writeHead(500).end('{}'), 'must answer 200, got 500'],
    ['a wrong dimension', answering([1, 2]), 'declared dimension 3, got 2'],
    ['something else', (_, response) => response.end('{"data": []}'), 'must be {"data"'],
    ['no JSON', (_, response) => response.end('<html>'), 'JSON'],
    ['null', (_, response) => response.end('null'), 'must be {"data"'],
    ['what is not a number', answering([1, null, 2]), 'finite numbers only'],
    ['a number beyond float64', (_, r) => r.end('{"data":[{"embedding":[1,1e999,2]}]}'), 'finite numbers only'],
    ['a redirect', (_, r) => r.writeHead(307, { location: 'http://127.0.0.1:9/' }).end(), 'redirect'],
  ])('falls back, saying why, on %s', async (_name, listener, reason) => {
    const { url } = await endpoint(listener);
    const { embeddingsOf, failures } = client();
    expect(await embeddingsOf([feature(url)], { prompt: 'hello' })).toEqual(new Map());
    expect(failures).toHaveLength(1);
    expect(failures[0].reason).toContain(reason);
  });

  it('falls back when the key is not in the environment', async () => {
    const { url, asked } = await endpoint(answering(EMBEDDING));
    const { embeddingsOf, failures } = client();
    expect(await embeddingsOf([feature(url, { api_key_env: 'SOME_API_KEY' })], { prompt: 'a' })).toEqual(new Map());
    expect(failures[0].reason).toContain('SOME_API_KEY');
    expect(asked).toHaveLength(0);
  });

  it('leaves an endpoint alone that keeps failing, and asks again after a while', async () => {
    let broken = true;
    const { url, asked } = await endpoint((request, response) =>
      broken ? void response.writeHead(500).end() : answering(EMBEDDING)(request, response),
    );
    let time = 0;
    const { embeddingsOf } = client({ now: () => time });
    for (let i = 0; i < 9; i++) await embeddingsOf([feature(url)], { prompt: `hello ${i}` });
    expect(asked).toHaveLength(5);
    broken = false;
    time = 10_001;
    expect(await embeddingsOf([feature(url)], { prompt: 'hello' })).toEqual(new Map([['prompt', EMBEDDING]]));
  });

  it('never has more requests in flight than it may', async () => {
    let open = 0;
    let most = 0;
    const { url, asked } = await endpoint((request, response) => {
      most = Math.max(most, ++open);
      setImmediate(() => {
        open--;
        answering(EMBEDDING)(request, response);
      });
    });
    const { embeddingsOf } = client({ concurrency: 2 });
    await Promise.all(Array.from({ length: 12 }, (_, i) => embeddingsOf([feature(url)], { prompt: `${i}` })));
    expect(asked).toHaveLength(12);
    expect(most).toBeLessThanOrEqual(2);
  });
});
