import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Statistics } from '../../../../policies/linear/statistics.js';
import { TARGET_UNIT } from '../../../../policies/linear/target.js';

interface Row {
  readonly features: Int16Array;
  readonly target: number;
}

/** Below, at and above the dimension from which rows are summed in blocks. */
const dimensions = fc.constantFrom(1, 2, 7, 23, 24, 33);
const feature = fc.oneof(fc.constant(0), fc.constantFrom(4096, -4096), fc.integer({ min: -4096, max: 4096 }));
const target = fc.oneof(
  fc.constantFrom(0, TARGET_UNIT, -TARGET_UNIT),
  fc.integer({ min: -TARGET_UNIT, max: TARGET_UNIT }),
);
const row = (dimension: number): fc.Arbitrary<Row> =>
  fc.record({
    features: fc
      .array(feature, { minLength: dimension, maxLength: dimension })
      .map((entries) => Int16Array.from(entries)),
    target,
  });
const rows = dimensions.chain((dimension) =>
  fc.record({ dimension: fc.constant(dimension), rows: fc.array(row(dimension), { maxLength: 80 }) }),
);

function sum(dimension: number, stream: readonly Row[]): Statistics {
  const statistics = new Statistics(dimension);
  for (const { features, target } of stream) statistics.add(features, target);
  return statistics;
}

describe('statistics', () => {
  it('have the same bytes for any order and any split into shards', () => {
    fc.assert(
      fc.property(
        rows,
        fc.array(fc.nat(4), { minLength: 80, maxLength: 80 }),
        fc.infiniteStream(fc.nat()),
        (s, shards, keys) => {
          const shuffled = s.rows.map((row) => ({ row, key: keys.next().value })).sort((a, b) => a.key - b.key);
          const parts = Array.from({ length: 5 }, () => new Statistics(s.dimension));
          shuffled.forEach(({ row }, n) => parts[shards[n]!]!.add(row.features, row.target));
          const merged = new Statistics(s.dimension);
          for (const part of parts.reverse()) merged.merge(part);
          expect(merged.toBytes()).toEqual(sum(s.dimension, s.rows).toBytes());
        },
      ),
    );
  });

  it('have the same bytes after rows are added and subtracted again, one by one or as a whole', () => {
    fc.assert(
      fc.property(rows, fc.nat(80), (s, cut) => {
        const kept = sum(s.dimension, s.rows.slice(0, cut)).toBytes();
        const oneByOne = sum(s.dimension, s.rows);
        for (const { features, target } of s.rows.slice(cut)) oneByOne.subtract(features, target);
        expect(oneByOne.toBytes()).toEqual(kept);
        const whole = sum(s.dimension, s.rows);
        whole.unmerge(sum(s.dimension, s.rows.slice(cut)));
        expect(whole.toBytes()).toEqual(kept);
      }),
    );
  });

  it('are the sums that unlimited integers give', () => {
    fc.assert(
      fc.property(rows, (s) => {
        const statistics = sum(s.dimension, s.rows);
        const total = (term: (row: Row) => bigint) => s.rows.reduce((all, row) => all + term(row), 0n);
        expect(statistics.count).toBe(s.rows.length);
        expect(statistics.square).toBe(total(({ target }) => BigInt(target) ** 2n));
        const { gram, momentHigh, momentLow } = statistics;
        for (let i = 0, k = 0; i < s.dimension; i++) {
          const moment = total(({ features, target }) => BigInt(features[i]!) * BigInt(target));
          expect((BigInt(momentHigh[i]!) << 52n) + BigInt(momentLow[i]!)).toBe(moment);
          for (let j = 0; j <= i; j++, k++) {
            expect(BigInt(gram[k]!)).toBe(total(({ features }) => BigInt(features[i]! * features[j]!)));
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('come back from their bytes', () => {
    fc.assert(
      fc.property(rows, (s) => {
        const bytes = sum(s.dimension, s.rows).toBytes();
        expect(Statistics.fromBytes(bytes).toBytes()).toEqual(bytes);
      }),
    );
  });

  it('never take bytes that they would not write', () => {
    fc.assert(
      fc.property(rows, fc.nat(), fc.nat(255), (s, at, value) => {
        const bytes = sum(s.dimension, s.rows).toBytes();
        bytes[at % bytes.length] = value;
        let restored: Statistics;
        try {
          restored = Statistics.fromBytes(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          return;
        }
        expect(restored.toBytes()).toEqual(bytes);
      }),
      { numRuns: 1000 },
    );
  });

  it('have the same bytes for 100,000 rows forwards in one piece and backwards in seven shards', () => {
    const dimension = 26;
    let state = 2026;
    const next = () => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 1);
    const features = Array.from({ length: 1009 }, (_, n) =>
      Int16Array.from({ length: dimension }, (_, i) => (n % 3 && i % 4 ? 0 : (next() % 8193) - 4096)),
    );
    const targetOf = (n: number) => ((n * 40_503_881_117) % (2 * TARGET_UNIT)) - TARGET_UNIT;
    const forwards = new Statistics(dimension);
    for (let n = 0; n < 100_000; n++) forwards.add(features[n % 1009]!, targetOf(n));
    const shards = Array.from({ length: 7 }, () => new Statistics(dimension));
    for (let n = 99_999; n >= 0; n--) shards[(n * 31) % 7]!.add(features[n % 1009]!, targetOf(n));
    const merged = shards.reduce((all, shard) => (all.merge(shard), all));
    expect(merged.count).toBe(100_000);
    expect(merged.toBytes()).toEqual(forwards.toBytes());
    for (let n = 50_000; n < 100_000; n++) merged.subtract(features[n % 1009]!, targetOf(n));
    const half = new Statistics(dimension);
    for (let n = 0; n < 50_000; n++) half.add(features[n % 1009]!, targetOf(n));
    expect(merged.toBytes()).toEqual(half.toBytes());
  });
});
