import { describe, expect, it } from 'vitest';

import { Statistics } from '../../../../policies/linear/statistics.js';

function sample(): Statistics {
  const statistics = new Statistics(5);
  statistics.add(Int16Array.of(4096, 0, -4096, 0, 0), 123_456_789);
  statistics.add(Int16Array.of(4096, 0, 100, 0, 0), -987_654_321_000);
  return statistics;
}

const edited = (edit: (bytes: number[]) => void) => {
  const bytes = Array.from(sample().toBytes());
  edit(bytes);
  return Uint8Array.from(bytes);
};

describe('the bytes of statistics', () => {
  it('come back as the same sums', () => {
    const statistics = sample();
    const restored = Statistics.fromBytes(statistics.toBytes());
    expect(restored.toBytes()).toEqual(statistics.toBytes());
    expect(restored.gram).toEqual(statistics.gram);
    expect(restored.square).toBe(statistics.square);
  });

  it('begin with their version, and other versions are refused', () => {
    expect(sample().toBytes()[0]).toBe(1);
    expect(() => Statistics.fromBytes(edited((bytes) => (bytes[0] = 2)))).toThrow(/version 1 expected, got 2/);
  });

  it('spend next to nothing on zeros', () => {
    const statistics = new Statistics(200);
    const row = new Int16Array(200);
    row[0] = row[7] = 4096;
    statistics.add(row, 1);
    expect(statistics.toBytes().length).toBeLessThan(60);
  });

  it.each<[string, (bytes: number[]) => void]>([
    ['cut short', (bytes) => bytes.pop()],
    ['longer than they should be', (bytes) => bytes.push(0)],
    ['a run of zeros of length 0', (bytes) => bytes.splice(bytes.indexOf(0) + 1, 1, 0)],
    ['a run of zeros beyond the end', (bytes) => bytes.splice(bytes.lastIndexOf(0) + 1, 1, 100)],
    ['a run of zeros in two parts', (bytes) => bytes.splice(bytes.lastIndexOf(0), 2, 0, 1, 0, 1)],
    ['a count in a longer form', (bytes) => bytes.splice(2, 1, 130, 0)],
    ['no rows with sums', (bytes) => (bytes[2] = 0)],
    ['a negative square', (bytes) => (bytes[3]! |= 64)],
    ['a dimension of 0', (bytes) => (bytes[1] = 0)],
    ['a dimension that cannot be', (bytes) => bytes.splice(1, 1, 255, 255, 255, 255, 15)],
  ])('are refused when %s', (_name, edit) => {
    expect(() => Statistics.fromBytes(edited(edit))).toThrow(RangeError);
  });

  it('are refused when sums are larger than their rows allow', () => {
    const statistics = new Statistics(1);
    statistics.add(Int16Array.of(4096), 1);
    statistics.gram[0] = 2 ** 30;
    expect(() => Statistics.fromBytes(statistics.toBytes())).toThrow(/no rows can have/);
  });

  it('are refused when two features agree more than their squares allow', () => {
    const statistics = new Statistics(2);
    for (let i = 0; i < 3; i++) statistics.add(Int16Array.of(4096, 1000 + i), 1);
    const [, product, square] = statistics.gram as unknown as [number, number, number];
    const withProduct = (changed: number) => {
      statistics.gram.set([3 * 4096 ** 2, changed, square]);
      return statistics.toBytes();
    };
    expect(() => Statistics.fromBytes(withProduct(product))).not.toThrow();
    for (const excess of [Math.ceil(Math.sqrt(3 * 4096 ** 2 * square)) + 1, -3 * 4096 ** 2])
      expect(() => Statistics.fromBytes(withProduct(excess)), String(excess)).toThrow(/no rows can have/);
  });

  it('come back where the agreement is as large as it can be', () => {
    const statistics = new Statistics(3);
    for (let i = 0; i < 1000; i++) statistics.add(Int16Array.of(4096, 4095, -1), 1);
    expect(Statistics.fromBytes(statistics.toBytes()).gram).toEqual(statistics.gram);
  });
});
