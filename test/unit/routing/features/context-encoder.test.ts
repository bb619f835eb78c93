import { describe, expect, it } from 'vitest';

import { createContextEncoder } from '../../../../src/routing/features/context-encoder.js';
import type { Context } from '../../../../src/routing/features/encoder.js';
import { fitTextEncoder } from '../../../../src/routing/features/fit-text-encoder.js';
import { Problem } from '../../../../src/routing/problem.js';
import type { Feature } from '../../../../src/routing/spec.js';
import { samplePrompts } from './prompts.js';

const task: Feature = { name: 'task', type: 'category', values: ['qa', 'sum'] };
const tokens: Feature = { name: 'tokens', type: 'number', from: 'tokens_in', minimum: 0, maximum: 100 };
const vector: Feature = { name: 'v', type: 'vector', dimension: 2 };
const prompt: Feature = { name: 'prompt', type: 'text', dimension: 8 };
const embeddings = { url: 'http://127.0.0.1/', model: 'small', dimension: 3 };

describe('a context encoder', () => {
  it('is the constant 1 for a router without features', () => {
    const encoder = createContextEncoder([]);
    expect(Array.from(encoder.encode({}))).toEqual([4096]);
    expect(encoder.labels).toEqual(['1']);
  });
  it('lays the features out in their order, after the constant', () => {
    const encoder = createContextEncoder([tokens, task, vector]);
    expect(encoder.labels).toEqual(['1', 'tokens', 'tokens=?', 'task=qa', 'task=sum', 'task=?', 'v[0]', 'v[1]', 'v=?']);
    expect(Array.from(encoder.encode({ task: 'sum', tokens_in: 75, v: [0.6, -0.8] }))).toEqual([
      4096, 2048, 0, 0, 4096, 0, 2458, -3277, 0,
    ]);
    expect(encoder.dimension).toBe(9);
  });
  it('returns a new array each time', () => {
    const encoder = createContextEncoder([task]);
    const first = encoder.encode({ task: 'qa' });
    encoder.encode({ task: 'sum' });
    expect(Array.from(first)).toEqual([4096, 4096, 0, 0]);
  });
  it('is not disturbed by a context that it refused', () => {
    const encoder = createContextEncoder([vector, task]);
    expect(() => encoder.encode({ v: [1, 1], task: 3 })).toThrow(Problem);
    expect(Array.from(encoder.encode({ task: 'qa' }))).toEqual([4096, 0, 0, 4096, 4096, 0, 0]);
  });
  it('reads own fields only', () => {
    const encoder = createContextEncoder([
      { ...task, from: 'constructor' },
      { ...tokens, from: '__proto__' },
    ]);
    expect(Array.from(encoder.encode({}))).toEqual([4096, 0, 0, 4096, 0, 4096]);
    expect(encoder.warnings(JSON.parse('{"__proto__": 3, "constructor": "qa"}'))).toEqual([]);
  });
  it.each([null, undefined, [], 'task', 3])('refuses %j for a context', (context) => {
    expect(() => createContextEncoder([task]).encode(context as unknown as Context)).toThrow(
      'context must be an object',
    );
  });
  it('points at the field at fault', () => {
    const refused = (): unknown => {
      try {
        return createContextEncoder([tokens]).encode({ tokens_in: 'many' });
      } catch (error) {
        return error;
      }
    };
    expect(refused()).toMatchObject({
      code: 'invalid-context',
      errors: [
        { pointer: '/context/tokens_in', detail: 'context.tokens_in must be a finite number, got the text "many"' },
      ],
    });
  });
  it('refuses two features of one name', () => {
    expect(() => createContextEncoder([task, { ...tokens, name: 'task' }])).toThrow('got task twice');
  });
});

describe('the text features of a context encoder', () => {
  const artifact = fitTextEncoder(samplePrompts(100), { dimension: 8 });
  const fitted: Feature = { ...prompt, encoder: artifact.hash };
  const artifacts = new Map([[artifact.hash, artifact]]);

  it('use the fitted encoder that the feature names', () => {
    const encoder = createContextEncoder([fitted], artifacts);
    expect(encoder.labels).toEqual(['1', ...Array.from({ length: 8 }, (_, i) => `prompt[${i}]`), 'prompt.length']);
    const x = Array.from(encoder.encode({ prompt: 'How many apples are left? 3' }));
    expect(x.slice(1, 9).some((entry) => entry !== 0)).toBe(true);
    expect(Array.from(encoder.encode({}))).toEqual([4096, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  });
  it('refuse an encoder that is not stored, or has another dimension', () => {
    expect(() => createContextEncoder([fitted])).toThrow(`got ${artifact.hash}; fit one with`);
    expect(() => createContextEncoder([{ ...fitted, dimension: 9 }], artifacts)).toThrow('was fitted with 8');
  });
  it('keep an embedding and its fallback in slots of their own', () => {
    const encoder = createContextEncoder([{ ...prompt, embeddings }]);
    expect(encoder.dimension).toBe(1 + 3 + 8 + 1);
    const embedded = Array.from(encoder.encode({ prompt: 'hello' }, new Map([['prompt', [3, 0, 4]]])));
    expect(embedded).toEqual([4096, 2458, 0, 3277, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    const fallback = Array.from(encoder.encode({ prompt: 'hello' }));
    expect(fallback.slice(1, 4)).toEqual([0, 0, 0]);
    expect(fallback.slice(4, 12)).toEqual(
      Array.from(createContextEncoder([prompt]).encode({ prompt: 'hello' })).slice(1),
    );
    expect(fallback[12]).toBe(4096);
    expect(Array.from(encoder.encode({})).slice(1)).toEqual(Array(12).fill(0));
  });
  it('fall back from an embedding to a fitted encoder where both are declared, and say so', () => {
    const both = { ...fitted, embeddings };
    const encoder = createContextEncoder([both], artifacts);
    expect(encoder.dimension).toBe(1 + 3 + 9 + 1);
    const context = { prompt: 'How many apples are left? 3' };
    const embedded = Array.from(encoder.encode(context, new Map([['prompt', [3, 0, 4]]])));
    expect(embedded).toEqual([4096, 2458, 0, 3277, ...Array<number>(10).fill(0)]);
    const alone = Array.from(createContextEncoder([fitted], artifacts).encode(context)).slice(1);
    expect(Array.from(encoder.encode(context))).toEqual([4096, 0, 0, 0, ...alone, 4096]);
    expect(encoder.warnings(context)).toEqual([expect.stringMatching(/falls back to its fitted encoder$/)]);
    const schemas = [both, fitted, { ...prompt, embeddings }].map((feature) =>
      createContextEncoder([feature], artifacts),
    );
    expect(new Set(schemas.map(({ schema }) => schema)).size).toBe(3);
  });
  it('refuse a text that is not one even where its embedding is there', () => {
    const encoder = createContextEncoder([{ ...prompt, embeddings }]);
    expect(() => encoder.encode({ prompt: 3 }, new Map([['prompt', [3, 0, 4]]]))).toThrow('must be a text, got 3');
  });
  it('project an embedding to the declared dimension', () => {
    const encoder = createContextEncoder([{ ...prompt, embeddings: { ...embeddings, dimension: 100 } }]);
    const x = encoder.encode(
      { prompt: 'hello' },
      new Map([['prompt', Array.from({ length: 100 }, (_, i) => Math.sin(i))]]),
    );
    expect(encoder.labels.filter((label) => label.startsWith('prompt.embedding'))).toHaveLength(8);
    expect(x.slice(1, 9).some((entry) => entry !== 0)).toBe(true);
  });
  it('refuse an embedding of another length', () => {
    const encoder = createContextEncoder([{ ...prompt, embeddings }]);
    expect(() => encoder.encode({ prompt: 'hello' }, new Map([['prompt', [1]]]))).toThrow('an array of 3 numbers');
  });
});

describe('the warnings of a context encoder', () => {
  const encoder = createContextEncoder([task, tokens, { ...prompt, embeddings }]);
  const full = { task: 'qa', tokens_in: 3, prompt: 'hello' };
  const fetched = new Map([['prompt', [1, 0, 0]]]);

  it('are none for a context that says all', () => expect(encoder.warnings(full, fetched)).toEqual([]));
  it('name the fields that nobody reads, and what is read', () => {
    expect(encoder.warnings({ tokens_in: 3, prompt: 'hello', taks: 'qa' }, fetched)).toEqual([
      'context.taks is not read by this router; it reads task, tokens_in, prompt',
      'context.task is missing; feature task counts as unknown',
    ]);
  });
  it('name unknown values, clamped numbers and missing embeddings', () => {
    const warnings = encoder.warnings({ task: 'poetry', tokens_in: 1e6, prompt: 'hello' });
    expect(warnings.map((warning) => warning.split(' ', 1)[0])).toEqual([
      'context.task',
      'context.tokens_in',
      'context.prompt',
    ]);
  });
  it('stay short whatever is sent', () => {
    const [warning] = encoder.warnings({ ...full, task: 'x'.repeat(1e6) }, fetched);
    expect(warning.length).toBeLessThan(200);
  });
});
