import { describe, expect, it } from 'vitest';

import { MAXIMUM_COUNT, Statistics } from '../../../../policies/linear/statistics.js';
import { TARGET_UNIT } from '../../../../policies/linear/target.js';

const x = (...entries: number[]) => Int16Array.from(entries);

describe('statistics', () => {
  it('sum products on their grids', () => {
    const statistics = new Statistics(2);
    statistics.add(x(4096, -2), 5);
    statistics.add(x(4096, 3), -7);
    expect(statistics.count).toBe(2);
    expect(Array.from(statistics.gram)).toEqual([2 * 4096 ** 2, 4096, 13]);
    expect(statistics.square).toBe(74n);
    // Σ x·y = [4096·(5 − 7), −10 − 21] as high·2⁵² + low.
    expect(Array.from(statistics.momentHigh)).toEqual([-1, -1]);
    expect(Array.from(statistics.momentLow)).toEqual([2 ** 52 - 8192, 2 ** 52 - 31]);
  });

  it('hold the largest sums exactly', () => {
    const statistics = new Statistics(1);
    for (let k = 0; k < 5; k++) statistics.add(x(-4096), TARGET_UNIT);
    expect(statistics.square).toBe(5n << 80n);
    expect([statistics.momentHigh[0], statistics.momentLow[0]]).toEqual([-5, 0]);
  });

  it('sum dense rows in blocks to what one row at a time gives', () => {
    const statistics = new Statistics(30);
    const expected = new Array<number>(465).fill(0);
    for (let n = 0; n < 70; n++) {
      const row = Int16Array.from({ length: 30 }, (_, i) => ((n * 37 + i * 1013) % 8193) - 4096);
      statistics.add(row, n);
      for (let i = 0, k = 0; i < 30; i++) for (let j = 0; j <= i; j++) expected[k++]! += row[i]! * row[j]!;
    }
    expect(Array.from(statistics.gram)).toEqual(expected);
  });

  it('are empty again after what was added is subtracted', () => {
    const statistics = new Statistics(2);
    statistics.add(x(4096, 17), -3);
    expect(statistics.isEmpty).toBe(false);
    statistics.subtract(x(4096, 17), -3);
    expect(statistics.isEmpty).toBe(true);
    expect(statistics.toBytes()).toEqual(new Statistics(2).toBytes());
  });

  it.each([
    ['features of another length', x(4096), 0, /features must have length 2, got 1/],
    ['a feature beyond the grid', x(4096, 4097), 0, /feature 1 on the grid must lie in/],
    ['a target beyond the grid', x(4096, 0), TARGET_UNIT + 1, /size at most 2\^40/],
    ['a target between grid points', x(4096, 0), 0.5, /integer/],
    ['a target that is no number', x(4096, 0), NaN, /integer/],
  ])('refuse %s and stay as they were', (_name, features, target, message) => {
    const statistics = new Statistics(2);
    statistics.add(x(4096, 1), 1);
    const before = statistics.toBytes();
    expect(() => statistics.add(features, target)).toThrow(message);
    expect(statistics.toBytes()).toEqual(before);
  });

  it('refuse to subtract rows that cannot have been added, and stay as they were', () => {
    const statistics = new Statistics(2);
    statistics.add(x(4096, 5), 9);
    const before = statistics.toBytes();
    expect(() => statistics.subtract(x(4096, 6), 9)).toThrow(/cannot have been/);
    expect(() => statistics.subtract(x(4096, 5), 10)).toThrow(/cannot have been/);
    expect(() => statistics.subtract(x(4096, 4), 9)).toThrow(/cannot have been/);
    expect(() => statistics.subtract(x(4096, 5), -9)).toThrow(/cannot have been/);
    expect(statistics.toBytes()).toEqual(before);
  });

  it('refuse to unmerge what cannot have been merged, and stay as they were', () => {
    const statistics = new Statistics(2);
    statistics.add(x(4096, 5), 9);
    statistics.add(x(4096, 5), 9);
    const foreign = new Statistics(2);
    foreign.add(x(4096, 4000), 9);
    const before = statistics.toBytes();
    expect(() => statistics.unmerge(foreign)).toThrow(/cannot have been/);
    expect(statistics.toBytes()).toEqual(before);
    expect(() => statistics.merge(new Statistics(3))).toThrow(/dimension/);
  });

  it('stop before sums could leave the integers', () => {
    const full = new Statistics(1);
    full.count = MAXIMUM_COUNT;
    expect(() => full.add(x(4096), 0)).toThrow(/2\^29/);
    const one = new Statistics(1);
    one.add(x(4096), 0);
    expect(() => one.merge(full)).toThrow(/2\^29/);
  });

  it('clone to sums of their own', () => {
    const statistics = new Statistics(24);
    const row = new Int16Array(24).fill(7);
    statistics.add(row, 1);
    const copy = statistics.clone();
    statistics.add(row, 1);
    expect(copy.count).toBe(1);
    expect(copy.gram[0]).toBe(49);
  });
});
