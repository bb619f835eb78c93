/**
 * Embeddings from an OpenAI-compatible endpoint, fetched before a context is encoded. Whatever goes wrong, a text simply has no
 * embedding and its feature falls back to what needs no network: a decision never fails for an endpoint, and waits for it at most
 * its time-out. One that keeps failing is left alone for a while, so that not every decision waits in vain.
 */
import { createHash } from 'node:crypto';

import { excerpt } from '../routing/features/excerpt.js';
import type { Context, Embeddings } from '../routing/features/encoder.js';
import type { Feature, TextFeature } from '../routing/spec.js';
import { Gate } from './gate.js';
import { LruCache } from './lru-cache.js';

export interface EmbeddingsOptions {
  /** Where API keys are read, by the names that features declare. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Requests in flight at a time, over all endpoints; others wait in line. */
  readonly concurrency?: number;
  /** Numbers (8 bytes each) that are kept of past answers. */
  readonly cachedNumbers?: number;
  /** Milliseconds, of a clock that doesn't jump. */
  readonly now?: () => number;
  readonly onFailure?: (failure: EmbeddingFailure) => void;
}

export interface EmbeddingFailure {
  readonly feature: string;
  readonly url: string;
  readonly reason: string;
}

export interface EmbeddingsClient {
  /**
   * The embeddings of a context's texts, by feature name; a text without one isn't in the map.
   * @returns undefined when no feature declares embeddings; at once, without a promise, when every one is cached
   */
  embeddingsOf(features: readonly Feature[], context: Context): Embeddings | Promise<Embeddings> | undefined;
}

const TIMEOUT_MS = 1000;
const CONCURRENCY = 32;
const CACHED_NUMBERS = 8_000_000;
/** After so many failures in a row an endpoint is not asked for this long; then one failure more is enough. */
const FAILURES = 5;
const REST_MS = 10_000;

type Declared = TextFeature & { readonly embeddings: NonNullable<TextFeature['embeddings']> };
interface Wanted {
  readonly feature: Declared;
  readonly text: string;
  readonly key: string;
}

export function createEmbeddingsClient(options: EmbeddingsOptions): EmbeddingsClient {
  const { env, concurrency = CONCURRENCY, cachedNumbers = CACHED_NUMBERS, now = () => performance.now() } = options;
  const cache = new LruCache<readonly number[]>(cachedNumbers);
  const gate = new Gate(concurrency);
  const health = new EndpointHealth(now);
  const inFlight = new Map<string, Promise<readonly number[] | undefined>>();

  const fetchOne = async ({ feature, text, key }: Wanted): Promise<readonly number[] | undefined> => {
    const { url } = feature.embeddings;
    if (health.resting(url)) return undefined;
    try {
      const embedding = await request(feature, text, env, gate);
      health.worked(url);
      cache.set(key, embedding, embedding.length);
      return embedding;
    } catch (error) {
      health.failed(url);
      options.onFailure?.({ feature: feature.name, url, reason: reasonOf(error) });
      return undefined;
    }
  };

  /** Requests for the same text at the same time share one answer. */
  const fetchOnce = (wanted: Wanted): Promise<readonly number[] | undefined> => {
    const running = inFlight.get(wanted.key);
    if (running !== undefined) return running;
    const started = fetchOne(wanted).finally(() => inFlight.delete(wanted.key));
    inFlight.set(wanted.key, started);
    return started;
  };

  return {
    embeddingsOf(features, context) {
      const wanted = features.filter(declaresEmbeddings).flatMap((feature) => wantedOf(feature, context));
      if (wanted.length === 0) return features.some(declaresEmbeddings) ? new Map() : undefined;
      const known = wanted.map(({ key }) => cache.get(key));
      if (known.every((embedding) => embedding !== undefined)) return byFeature(wanted, known);
      return Promise.all(wanted.map((one, i) => known[i] ?? fetchOnce(one))).then((got) => byFeature(wanted, got));
    },
  };
}

function declaresEmbeddings(feature: Feature): feature is Declared {
  return feature.type === 'text' && feature.embeddings !== undefined;
}

/** What is asked for a feature: nothing without a text, for endpoints refuse empty ones. */
function wantedOf(feature: Declared, context: Context): Wanted[] {
  const field = feature.from ?? feature.name;
  const text = Object.hasOwn(context, field) ? context[field] : undefined;
  if (typeof text !== 'string' || text.trim() === '') return [];
  const { url, model, dimension } = feature.embeddings;
  const read = excerpt(text);
  const key = createHash('sha256')
    .update(JSON.stringify([url, model, dimension, read]))
    .digest('base64');
  return [{ feature, text: read, key }];
}

function byFeature(wanted: readonly Wanted[], got: readonly (readonly number[] | undefined)[]): Embeddings {
  return new Map(wanted.flatMap(({ feature }, i) => (got[i] === undefined ? [] : [[feature.name, got[i]]])));
}

async function request(
  feature: Declared,
  text: string,
  env: EmbeddingsOptions['env'],
  gate: Gate,
): Promise<readonly number[]> {
  const { url, model, dimension, timeout_ms = TIMEOUT_MS } = feature.embeddings;
  // Waiting in line counts: what a caller is promised is the whole time.
  const signal = AbortSignal.timeout(timeout_ms);
  const leave = await gate.enter(signal);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorisation(feature, env) },
      body: JSON.stringify({ model, input: text, encoding_format: 'float' }),
      // A redirect would carry the key to an address that nobody declared.
      redirect: 'error',
      signal,
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`the endpoint must answer 200, got ${response.status}`);
    }
    return embeddingIn(await response.json(), dimension);
  } finally {
    leave();
  }
}

function authorisation({ embeddings }: Declared, env: EmbeddingsOptions['env']): Record<string, string> {
  const name = embeddings.api_key_env;
  if (name === undefined) return {};
  const key = env[name];
  if (!key) throw new Error(`the environment variable ${name} must hold the API key, but it isn't set`);
  return { authorization: `Bearer ${key}` };
}

/** @throws Error unless the answer is `{data: [{embedding: number[]}]}` with as many finite numbers as declared */
function embeddingIn(answer: unknown, dimension: number): readonly number[] {
  const embedding = (answer as { data?: { embedding?: unknown }[] } | null)?.data?.[0]?.embedding;
  if (!Array.isArray(embedding)) throw new Error('the answer must be {"data": [{"embedding": […]}]}');
  if (embedding.length !== dimension) {
    throw new Error(`the embedding must have the declared dimension ${dimension}, got ${embedding.length}`);
  }
  if (!embedding.every(Number.isFinite)) throw new Error('the embedding must hold finite numbers only');
  return embedding;
}

/** A failed fetch says only "fetch failed"; what happened is in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

/** Which endpoints are left alone for now. */
class EndpointHealth {
  private readonly failures = new Map<string, { count: number; restUntil: number }>();

  constructor(private readonly now: () => number) {}

  resting(url: string): boolean {
    return this.now() < (this.failures.get(url)?.restUntil ?? -Infinity);
  }

  worked(url: string): void {
    this.failures.delete(url);
  }

  failed(url: string): void {
    const count = (this.failures.get(url)?.count ?? 0) + 1;
    this.failures.set(url, { count, restUntil: count >= FAILURES ? this.now() + REST_MS : -Infinity });
  }
}
