import { describe, expect, it } from 'vitest';

import { categoryEncoder } from '../../../../src/routing/features/category.js';

const feature = { name: 'task', type: 'category', values: ['qa', 'qa/squad', 'sentiment'] } as const;

function slots(value: string | undefined, values: readonly string[] = feature.values): number[] {
  const encoder = categoryEncoder({ ...feature, values: [...values] });
  const x = new Float64Array(encoder.dimension + 2);
  encoder.encode(value, x, 1);
  expect([x[0], x[x.length - 1]], 'writes only its own slots').toEqual([0, 0]);
  return Array.from(x.slice(1, -1));
}

describe('a category feature', () => {
  it('lights the slot of a declared value', () => expect(slots('sentiment')).toEqual([0, 0, 1, 0]));
  it('lights the parent beside the child', () => expect(slots('qa/squad')).toEqual([1, 1, 0, 0]));
  it('lights the nearest declared ancestor of an undeclared value', () => {
    expect(slots('qa/boolq')).toEqual([1, 0, 0, 0]);
    expect(slots('qa/squad/v2/dev')).toEqual([1, 1, 0, 0]);
  });
  it('has a slot for unknown and for missing values', () => {
    expect(slots('code')).toEqual([0, 0, 0, 1]);
    expect(slots(undefined)).toEqual([0, 0, 0, 1]);
    expect(slots('')).toEqual([0, 0, 0, 1]);
  });
  it('does not take a common beginning for a parent', () => expect(slots('qa2')).toEqual([0, 0, 0, 1]));
  it('skips ancestors that are not declared', () => {
    expect(slots('a/b/c', ['a', 'a/b/c'])).toEqual([1, 1, 0]);
  });
  it('names its slots', () => {
    expect(categoryEncoder({ ...feature, values: [...feature.values] }).labels).toEqual([
      'task=qa',
      'task=qa/squad',
      'task=sentiment',
      'task=?',
    ]);
  });
  it('refuses what is not a string, naming the field', () => {
    const encoder = categoryEncoder({ ...feature, from: 'kind', values: [...feature.values] });
    expect(() => encoder.encode([3], new Float64Array(4), 0)).toThrow(
      'context.kind must be a value of task as a string ("qa", "qa/squad", "sentiment"), got an array of length 1',
    );
  });
  it('tells who sends a number to write it in quotes', () => {
    const encoder = categoryEncoder({ name: 'tier', type: 'category', values: ['1', '2', '3', '4'] });
    expect(() => encoder.encode(2, new Float64Array(5), 0)).toThrow(
      'context.tier must be a value of tier as a string ("1", "2", "3", …), got 2; write it in quotes, as "2"',
    );
  });
  it('refuses values declared twice, and the name of the unknown slot', () => {
    expect(() => categoryEncoder({ ...feature, values: ['a', 'a'] })).toThrow('different values');
    expect(() => categoryEncoder({ ...feature, values: ['?'] })).toThrow('different values');
  });
  it('warns of an undeclared value and says what speaks for it', () => {
    const encoder = categoryEncoder({ ...feature, values: [...feature.values] });
    expect(encoder.warning?.('qa/squad')).toBeUndefined();
    expect(encoder.warning?.('qa/boolq')).toContain('"qa" speaks for it');
    expect(encoder.warning?.('code')).toContain('counts as unknown');
  });
  it('is not kept busy by a value of a million slashes', () => expect(slots('/'.repeat(1e6))).toEqual([0, 0, 0, 1]));
});
