import { describe, expect, it } from 'vitest';

import { hashedTextEncoder } from '../../../../src/routing/features/hashed-text.js';

function encoded(value: string | undefined, dimension = 32): Record<string, number> {
  const encoder = hashedTextEncoder({ name: 'prompt', type: 'text', dimension });
  const x = new Float64Array(encoder.dimension + 2);
  encoder.encode(value, x, 1);
  expect([x[0], x[x.length - 1]], 'writes only its own slots').toEqual([0, 0]);
  return Object.fromEntries(encoder.labels.map((label, i) => [label, x[i + 1]]));
}

const hashed = (text: string, dimension?: number) =>
  Object.entries(encoded(text, dimension)).flatMap(([label, value]) => (label.endsWith(']') ? [value] : []));

describe('built-in text features', () => {
  it.each([8, 16, 32, 1024])('take %i slots', (dimension) => {
    expect(Object.keys(encoded('hello', dimension))).toHaveLength(dimension);
    expect(hashed('hello', dimension).length).toBeGreaterThanOrEqual(dimension / 4);
  });
  it('measure the surface of a text', () => {
    const plain = encoded('a quiet sentence about nothing in particular, without much to it');
    const higher = (text: string, measure: string) =>
      expect(encoded(text)[`prompt.${measure}`]).toBeGreaterThan(plain[`prompt.${measure}`]);
    higher('x'.repeat(1000), 'length');
    higher('a b '.repeat(300), 'words');
    higher('12345 678', 'digits');
    higher('... ,,, !!!', 'marks');
    higher('SHOUTING', 'capitals');
    higher('a\nb\nc', 'lines');
    higher('if (x) { y[0] = 1; }', 'code');
    higher('2 + 2 = 4 * 1 ^ 7', 'maths');
    higher('What? Why?', 'questions');
    higher('incomprehensibilities', 'word_length');
    higher('ça dépend', 'foreign');
    higher('(A) one (B) two\n c) three', 'options');
  });
  it('take brackets for options only around a single letter or digit', () => {
    expect(encoded('f(ab) (no) g(x)')['prompt.options']).toBe(encoded('none')['prompt.options']);
  });
  it('hash words in their order, whatever their case', () => {
    expect(hashed('the dog bites the man')).toEqual(hashed('The DOG bites the man'));
    expect(hashed('the dog bites the man')).not.toEqual(hashed('the man bites the dog'));
    expect(Math.hypot(...hashed('the dog bites the man'))).toBeCloseTo(0.5, 12);
  });
  it('are 0 without a text, and finite for an empty one', () => {
    expect(Object.values(encoded(undefined)).every((value) => value === 0)).toBe(true);
    expect(Object.values(encoded('')).every((value) => Math.abs(value) <= 1)).toBe(true);
  });
  it('remember nothing of the text before', () => {
    const encoder = hashedTextEncoder({ name: 'prompt', type: 'text', dimension: 16 });
    const [first, second] = [new Float64Array(16), new Float64Array(16)];
    encoder.encode('one text', first, 0);
    encoder.encode('and quite another one, longer', new Float64Array(16), 0);
    encoder.encode('one text', second, 0);
    expect(second).toEqual(first);
  });
  it('refuse what is not a text', () => {
    const encoder = hashedTextEncoder({ name: 'prompt', type: 'text', dimension: 16 });
    expect(() => encoder.encode([1, 2], new Float64Array(16), 0)).toThrow(
      'context.prompt must be a text, got an array of length 2',
    );
  });
});
