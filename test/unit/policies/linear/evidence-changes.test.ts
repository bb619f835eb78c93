import { Matrix, inverse } from 'ml-matrix';
import { describe, expect, it } from 'vitest';

import { sumEvidence, type Evidence } from '../../../../policies/linear/evidence.js';
import { FEATURE_UNIT } from '../../../../policies/linear/grid.js';
import { packedRow } from '../../../../policies/linear/packed.js';
import { Statistics } from '../../../../policies/linear/statistics.js';
import { quantiseTarget } from '../../../../policies/linear/target.js';
import { chanceOf } from '../../../../sim/random.js';

const SCALE = 4;
const chance = chanceOf(3, 'evidence');
const rows = Array.from({ length: 12 }, () => ({
  x: [1, Math.round(2048 * (2 * chance.number() - 1)) / 4096, Math.round(2048 * chance.number()) / 4096],
  y: Math.round(1024 * chance.number()) / 1024,
}));

function statisticsOf(chosen: readonly { x: readonly number[]; y: number }[]): Statistics {
  const statistics = new Statistics(3);
  for (const { x, y } of chosen) {
    statistics.add(
      Int16Array.from(x, (entry) => entry * FEATURE_UNIT),
      quantiseTarget(y, SCALE),
    );
  }
  return statistics;
}

const sums = (...evidence: readonly Partial<Evidence>[]) =>
  sumEvidence(
    3,
    evidence.map((item) => ({ statistics: statisticsOf(rows), weight: 1, scale: 1, ...item })),
    SCALE,
  );

/** Normal equations of generalised least squares with row covariance I + Σ v·1·1ᵀ over the first rows. */
function generalised(chosen: typeof rows, shared: readonly (readonly [rows: number, variance: number])[]) {
  const X = new Matrix(chosen.map(({ x }) => [...x]));
  const y = Matrix.columnVector(chosen.map((row) => row.y));
  const covariance = Matrix.eye(chosen.length);
  for (const [count, variance] of shared) {
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < count; j++) covariance.set(i, j, covariance.get(i, j) + variance);
    }
  }
  const weighted = X.transpose().mmul(inverse(covariance));
  return {
    gram: weighted.mmul(X),
    moment: weighted.mmul(y),
    square: y.transpose().mmul(inverse(covariance)).mmul(y).get(0, 0),
  };
}

describe('evidence from before a change', () => {
  it('counts as if every value had been scaled and moved', () => {
    const moved = sumEvidence(
      3,
      [{ statistics: statisticsOf(rows.map(({ x, y }) => ({ x, y: 2 * y + 0.25 }))), weight: 0.5, scale: 1 }],
      SCALE,
    );
    const told = sums({ weight: 0.5, scale: 2, offset: 0.25 });
    expect(Array.from(told.moment)).toEqual(Array.from(moved.moment, (value) => expect.closeTo(value, 12)));
    expect(told.square).toBeCloseTo(moved.square, 12);
    expect(told.gram).toEqual(moved.gram);
  });

  it('says of a level that moved what generalised least squares says', () => {
    const [first, second] = [rows.slice(0, 7), rows.slice(7)];
    const got = sums({ statistics: statisticsOf(first), shift: 0.3 }, { statistics: statisticsOf(second), shift: 0.1 });
    const want = generalised(rows, [
      [7, 0.3],
      [12, 0.1],
    ]);
    for (let i = 0; i < 3; i++) {
      expect(got.moment[i]).toBeCloseTo(want.moment.get(i, 0), 10);
      for (let j = 0; j <= i; j++) expect(got.gram[packedRow(i) + j]).toBeCloseTo(want.gram.get(i, j), 10);
    }
    expect(got.square).toBeCloseTo(want.square, 10);
  });

  it('says of the level no more than 1/v rows, and of differences between contexts as much as ever', () => {
    const { gram } = sums({ shift: 0.1 });
    expect(gram[0]).toBeCloseTo(12 / (1 + 0.1 * 12), 12);
    const loose = sums({ shift: 1e9 });
    expect(loose.gram[0]).toBeLessThan(1e-8);
    const mean = rows.reduce((sum, { x }) => sum + x[1], 0) / rows.length;
    const centred = rows.reduce((sum, { x }) => sum + (x[1] - mean) ** 2, 0);
    expect(loose.gram[packedRow(1) + 1]).toBeCloseTo(centred, 6);
  });

  it.each([{ offset: NaN }, { offset: Infinity }, { shift: -1 }, { shift: Infinity }])('refuses %o', (item) => {
    expect(() => sums(item)).toThrow(RangeError);
  });
});
