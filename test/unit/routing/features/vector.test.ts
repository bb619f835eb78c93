import { describe, expect, it } from 'vitest';

import { createRandom } from '../../../../src/routing/features/random.js';
import { vectorEncoder } from '../../../../src/routing/features/vector.js';
import type { VectorFeature } from '../../../../src/routing/spec.js';

function slots(value: number[] | undefined, feature: Partial<VectorFeature> = {}): number[] {
  const encoder = vectorEncoder({ name: 'v', type: 'vector', dimension: 3, ...feature });
  const x = new Float64Array(encoder.dimension + 2);
  encoder.encode(value, x, 1);
  expect([x[0], x[x.length - 1]], 'writes only its own slots').toEqual([0, 0]);
  expect(encoder.labels).toHaveLength(encoder.dimension);
  return Array.from(x.slice(1, -1));
}

const norm = (vector: readonly number[]) => Math.hypot(...vector);
const gaussian = (seed: number, length: number) => {
  const random = createRandom(seed);
  return Array.from({ length }, () => random.normal());
};

describe('a vector feature', () => {
  it('leaves a vector of at most unit length as it is', () => {
    expect(slots([0.6, 0, -0.8])).toEqual([0.6, 0, -0.8, 0]);
    expect(slots([0, 0, 0])).toEqual([0, 0, 0, 0]);
  });
  it('shortens a longer one to unit length', () => {
    expect(Math.hypot(...slots([1, 1, 0]))).toBeCloseTo(1, 12);
    const [a, b, c] = slots([3, 0, 4]);
    expect([a, b, c]).toEqual([expect.closeTo(0.6, 15), 0, expect.closeTo(0.8, 15)]);
  });
  it('neither overflows nor vanishes at the ends of float64', () => {
    expect(norm(slots([1e308, 1e308, -1e308]))).toBeCloseTo(1, 12);
    expect(slots([5e-324, 0, 0])).toEqual([5e-324, 0, 0, 0]);
  });
  it('has a slot for a missing vector', () => expect(slots(undefined)).toEqual([0, 0, 0, 1]));
  it.each([
    ['a wrong length', [1, 2], 'must be an array of 3 numbers, got an array of length 2'],
    ['NaN', [1, NaN, 2], 'context.v/1 must be a finite number, got NaN'],
    ['a hole', [1, , 2], 'context.v/1 must be a finite number'],
  ])('refuses %s', (_name, value, detail) => expect(() => slots(value as number[])).toThrow(detail));

  it('keeps lengths and angles through a projection, within what 256 slots allow', () => {
    const feature = { dimension: 2000, project_to: 256 };
    // Deviation of a squared length or an inner product under the projection: about √(2/256) = 0.088; four of them.
    const tolerance = 4 * Math.sqrt(2 / 256);
    const unit = gaussian(1, 2000).map((value, _i, all) => value / norm(all));
    const other = gaussian(2, 2000).map((value, i, all) => (value / norm(all)) * 0.6 + unit[i] * 0.8);
    const [a, b] = [
      slots(unit, feature),
      slots(
        other.map((value) => value / norm(other)),
        feature,
      ),
    ];
    expect(Math.abs(norm(a) ** 2 - 1)).toBeLessThan(tolerance);
    const cosine = unit.reduce((sum, value, i) => sum + value * other[i], 0) / norm(other);
    expect(Math.abs(a.reduce((sum, value, i) => sum + value * b[i], 0) - cosine)).toBeLessThan(tolerance);
  });
  it('projects by the name of the feature and nothing else', () => {
    const vector = gaussian(3, 64);
    const feature = { dimension: 64, project_to: 16 };
    expect(slots(vector, feature)).toEqual(slots(vector, feature));
    expect(slots(vector, { ...feature, name: 'w' })).not.toEqual(slots(vector, feature));
  });
  it('does not project to more slots than there are entries', () =>
    expect(slots([1, 0, 0], { project_to: 9 })).toHaveLength(4));
  it('stays in range where a projection piles entries up', () => {
    for (const entry of slots(Array(65536).fill(1), { dimension: 65536, project_to: 1 })) {
      expect(Math.abs(entry)).toBeLessThanOrEqual(1);
    }
  });
});
