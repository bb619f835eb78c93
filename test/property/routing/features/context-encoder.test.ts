import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createContextEncoder } from '../../../../src/routing/features/context-encoder.js';
import type { Context, Embeddings } from '../../../../src/routing/features/encoder.js';
import { fitTextEncoder } from '../../../../src/routing/features/fit-text-encoder.js';
import { Problem } from '../../../../src/routing/problem.js';
import type { Feature } from '../../../../src/routing/spec.js';
import { samplePrompts } from '../../../unit/routing/features/prompts.js';

const artifact = fitTextEncoder(samplePrompts(100), { dimension: 8 });
const other = fitTextEncoder(samplePrompts(120), { dimension: 8 });
const artifacts = new Map([artifact, other].map((one) => [one.hash, one]));

const features: Feature[] = [
  { name: 'task', type: 'category', values: ['qa', 'qa/squad', 'sum', '__proto__', 'constructor'] },
  { name: 'tokens', type: 'number', minimum: -1e3, maximum: 1e5 },
  { name: 'v', type: 'vector', dimension: 4 },
  { name: 'w', type: 'vector', from: 'wide', dimension: 300, project_to: 7 },
  { name: 'prompt', type: 'text', dimension: 24 },
  { name: 'fitted', type: 'text', from: 'prompt', dimension: 8, encoder: artifact.hash },
  {
    name: 'embedded',
    type: 'text',
    from: 'text',
    dimension: 8,
    embeddings: { url: 'http://127.0.0.1/', model: 'm', dimension: 20 },
  },
];
const encoder = createContextEncoder(features, artifacts);
const fields = ['task', 'tokens', 'v', 'wide', 'prompt', 'text'];

// UTF-16 code units of every kind, lone surrogates among them, and texts of the kinds that are met.
const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 300 }).map((u) => String.fromCharCode(...u));
const text = fc.oneof(
  units,
  fc.string({ unit: 'binary' }),
  fc.lorem(),
  fc.constantFrom('', 'qa', 'qa/boolq', '__proto__', "'; DROP TABLE x;--", '\u0000', '\ud800', '/'.repeat(5000)),
  fc.nat(200_000).map((length) => 'a1 B?\n'.repeat(length / 6)),
);
const number = fc.oneof(
  fc.double(),
  fc.constantFrom(NaN, Infinity, -Infinity, -0, 5e-324, Number.MAX_VALUE, -Number.MAX_VALUE),
);
const vectorOf = (length: number) => fc.array(fc.oneof(fc.double(), number), { minLength: length, maxLength: length });
const anything = fc.oneof(
  fc.anything(),
  number,
  text,
  vectorOf(4),
  fc.constant(Array(100_000).fill(1)),
  fc.constant(new Array(4)),
);

const rightContext = fc.record(
  {
    task: text,
    tokens: fc.double({ noNaN: true, noDefaultInfinity: true }),
    v: fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 4, maxLength: 4 }),
    wide: fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 300, maxLength: 300 }),
    prompt: text,
    text,
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Context>;
const anyContext = fc
  .dictionary(fc.oneof(fc.constantFrom(...fields, '__proto__', 'constructor', 'taks'), fc.string()), anything)
  .map((context) => context as unknown as Context);
const embeddings = fc.oneof(
  fc.constant(undefined),
  fc
    .array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 20, maxLength: 20 })
    .map((vector): Embeddings => new Map([['embedded', vector]])),
);

function expectOnGrid(x: Int16Array): void {
  expect(x).toHaveLength(encoder.dimension);
  expect(x[0]).toBe(4096);
  for (const entry of x) expect(Math.abs(entry)).toBeLessThanOrEqual(4096);
}

describe('any context', () => {
  it('that fits its features is encoded on the grid', () => {
    fc.assert(
      fc.property(rightContext, embeddings, (context, fetched) => expectOnGrid(encoder.encode(context, fetched))),
    );
  });

  it('either is encoded on the grid or is refused by a problem that names a field', () => {
    fc.assert(
      fc.property(anyContext, (context) => {
        try {
          expectOnGrid(encoder.encode(context));
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          expect(error.code).toBe('invalid-context');
          expect(fields.some((field) => error.errors[0].pointer.startsWith(`/context/${field}`))).toBe(true);
          expect(error.message.length).toBeLessThan(200);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('can be warned of, in few words', () => {
    fc.assert(
      fc.property(anyContext, (context) => {
        for (const warning of encoder.warnings(context)) expect(warning.length).toBeLessThan(300);
      }),
    );
  });

  it('gives the vector of an equal context, whatever was encoded between', () => {
    const twin = createContextEncoder(structuredClone(features), artifacts);
    fc.assert(
      fc.property(rightContext, rightContext, (context, between) => {
        const first = encoder.encode(context);
        encoder.encode(between);
        const reordered = Object.fromEntries(Object.entries(structuredClone(context)).reverse()) as Context;
        expect(encoder.encode(reordered)).toEqual(first);
        expect(twin.encode(context)).toEqual(first);
      }),
    );
  });

  it('is read in its declared fields only', () => {
    fc.assert(
      fc.property(rightContext, fc.string(), anything, (context, field, value) => {
        fc.pre(!fields.includes(field));
        const more = { ...context };
        Object.defineProperty(more, field, { value, enumerable: true });
        expect(encoder.encode(more)).toEqual(encoder.encode(context));
      }),
    );
  });
});

describe('the schema of the features', () => {
  const name = fc.constantFrom('a', 'b');
  const from = fc.constantFrom(undefined, 'a', 'c');
  const feature = fc.oneof(
    fc.record({
      name,
      from,
      type: fc.constant('category'),
      values: fc.uniqueArray(fc.constantFrom('x', 'y', 'x,y'), { minLength: 1 }),
    }),
    fc.record({
      name,
      from,
      type: fc.constant('number'),
      minimum: fc.constantFrom(0, 1),
      maximum: fc.constantFrom(2, 3),
    }),
    fc.record({
      name,
      from,
      type: fc.constant('vector'),
      dimension: fc.constantFrom(4, 5),
      project_to: fc.constantFrom(undefined, 3, 4),
    }),
    fc.record({
      name,
      from,
      type: fc.constant('text'),
      dimension: fc.constant(8),
      encoder: fc.constantFrom(undefined, artifact.hash, other.hash),
    }),
  ) as fc.Arbitrary<Feature>;

  /** Defaults filled in, in one order of members: two declarations mean the same when these are equal. */
  const meaning = (declared: Feature): string =>
    JSON.stringify(
      Object.entries({
        ...declared,
        from: declared.from ?? declared.name,
        ...(declared.type === 'vector'
          ? { project_to: Math.min(declared.dimension, declared.project_to ?? declared.dimension) }
          : {}),
      }).sort(),
    );

  it('is the same for declarations that mean the same, and for no others', () => {
    fc.assert(
      fc.property(feature, feature, (one, two) => {
        const [a, b] = [one, two].map((declared) => createContextEncoder([declared], artifacts).schema);
        expect(a).toMatch(/^[0-9a-f]{16}$/);
        expect(a === b).toBe(meaning(one) === meaning(two));
      }),
      { numRuns: 1000 },
    );
  });

  it('depends on the order of the features', () => {
    const schema = (...declared: Feature[]) => createContextEncoder(declared, artifacts).schema;
    expect(schema(features[0], features[1])).not.toBe(schema(features[1], features[0]));
    expect(schema(features[0])).not.toBe(schema());
  });

  it('does not depend on how embeddings are fetched, but on what fetches them', () => {
    const schema = (embeddings: object) =>
      createContextEncoder([
        { name: 'a', type: 'text', dimension: 8, embeddings: { url: 'u', model: 'm', dimension: 9, ...embeddings } },
      ]).schema;
    expect(schema({ url: 'v', timeout_ms: 5, api_key_env: 'A_API_KEY' })).toBe(schema({}));
    expect(schema({ model: 'n' })).not.toBe(schema({}));
    expect(schema({ dimension: 10 })).not.toBe(schema({}));
  });
});
