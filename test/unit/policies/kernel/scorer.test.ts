import { describe, expect, it } from 'vitest';

import { Arena } from '../../../../policies/kernel/arena.js';
import { PlainKernel } from '../../../../policies/kernel/plain-kernel.js';
import { Scorer } from '../../../../policies/kernel/scorer.js';
import { WasmKernel } from '../../../../policies/kernel/wasm-kernel.js';

const one = (x: Int16Array, scorer: Scorer) => {
  const out = new Float64Array(1);
  scorer.setFeatures(x);
  scorer.variances(0, 1, out);
  return out[0];
};

describe.each([
  ['wasm', () => new Arena(new WasmKernel())],
  ['plain', () => new Arena(new PlainKernel())],
])('a scorer on the %s kernel', (_name, create) => {
  const x = Int16Array.of(4096, 2048);
  const loaded = (arena: Arena, variance: number) => {
    const scorer = new Scorer({ slots: 2, dimension: 2, arena });
    scorer.load(0, Float64Array.of(1, 2), Float64Array.of(variance, 0, 4));
    return scorer;
  };

  it('keeps contexts apart when scorers take turns between setting and asking', () => {
    const arena = create();
    const [a, b] = [loaded(arena, 1), loaded(arena, 10)];
    const out = new Float64Array(1);
    a.setFeatures(x);
    b.setFeatures(Int16Array.of(4096, 0));
    a.variances(0, 1, out);
    expect(out[0]).toBe(1 + 4 / 4);
    b.means(0, 1, out);
    expect(out[0]).toBe(1);
    a.means(0, 1, out);
    expect(out[0]).toBe(2);
  });

  it('keeps beliefs and contexts while the memory grows', () => {
    const arena = create();
    const scorer = loaded(arena, 3);
    scorer.setFeatures(x);
    const before = arena.kernel.doubles;
    const large = new Scorer({ slots: 4, dimension: 600, arena });
    expect(arena.kernel.doubles === before).toBe(false);
    const out = new Float64Array(1);
    scorer.variances(0, 1, out);
    expect(out[0]).toBe(4);
    large.release();
    expect(one(x, scorer)).toBe(4);
  });

  it('answers 0 for slots that nothing was loaded into, in memory that was used before', () => {
    const arena = create();
    loaded(arena, 5).release();
    expect(one(x, new Scorer({ slots: 2, dimension: 2, arena }))).toBe(0);
  });

  it('gives back all memory of a thousand scorers', () => {
    const arena = create();
    new Scorer({ slots: 3, dimension: 9, arena }).release();
    const before = arena.used;
    const scorers = Array.from({ length: 1000 }, () => new Scorer({ slots: 3, dimension: 9, arena }));
    const length = arena.kernel.doubles.length;
    scorers.forEach((scorer, n) => n % 2 && scorer.release());
    scorers.forEach((scorer) => scorer.release());
    expect(arena.used).toBe(before);
    Array.from({ length: 1000 }, () => new Scorer({ slots: 3, dimension: 9, arena }));
    expect(arena.kernel.doubles.length).toBe(length);
  });

  it('refuses what does not fit', () => {
    const arena = create();
    const scorer = loaded(arena, 1);
    const out = new Float64Array(1);
    expect(() => new Scorer({ slots: 0, dimension: 1, arena })).toThrow(/at least 1 slot/);
    expect(() => new Scorer({ slots: 1, dimension: 1.5, arena })).toThrow(/dimension of at least 1/);
    expect(() => scorer.setFeatures(new Int16Array(3))).toThrow(/length 2, got 3/);
    expect(() => scorer.means(1, 2, new Float64Array(2))).toThrow(/slots must lie in \[0, 2\)/);
    expect(() => scorer.means(-1, 1, out)).toThrow(/slots/);
    expect(() => scorer.variances(0, 2, out)).toThrow(/length 2 or more, got 1/);
    expect(() => scorer.load(2, new Float64Array(2), new Float64Array(3))).toThrow(/slots/);
    expect(() => scorer.load(0, new Float64Array(3), new Float64Array(3))).toThrow(/mean must have length 2/);
    expect(() => scorer.load(0, new Float64Array(2), Float64Array.of(1, 0, NaN))).toThrow(/entry 2 of the covariance/);
    expect(() => scorer.scoreBatch([x, x], 0, 2, new Float64Array(4), new Float64Array(3))).toThrow(/variances/);
    expect(one(x, scorer)).toBe(2);
  });

  it('refuses to work after it was released, and may be released twice', () => {
    const arena = create();
    const scorer = loaded(arena, 1);
    scorer.release();
    scorer.release();
    expect(() => scorer.setFeatures(x)).toThrow(/released/);
    expect(() => scorer.means(0, 1, new Float64Array(1))).toThrow(/released/);
    expect(() => scorer.load(0, new Float64Array(2), new Float64Array(3))).toThrow(/released/);
  });
});

describe('an arena', () => {
  it('joins neighbouring blocks that are released in any order', () => {
    const arena = new Arena(new PlainKernel());
    const blocks = [16, 24, 8, 40].map((length) => arena.allocate(length));
    for (const index of [1, 3, 0, 2]) arena.release(blocks[index]!);
    expect(arena.allocate(88)).toBe(blocks[0]);
    expect(() => arena.release(7)).toThrow(/no block/);
    expect(() => arena.allocate(0)).toThrow(/at least 1 double/);
  });

  it('hands out aligned blocks that do not overlap', () => {
    const arena = new Arena(new PlainKernel());
    const blocks = [1, 9, 8, 3].map((length) => ({ start: arena.allocate(length), length }));
    for (const { start } of blocks) expect(start % 8).toBe(0);
    for (const [n, { start, length }] of blocks.slice(0, -1).entries()) {
      expect(blocks[n + 1]!.start).toBeGreaterThanOrEqual(start + length);
    }
  });
});
