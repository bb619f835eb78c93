import { Matrix, SingularValueDecomposition } from 'ml-matrix';
import { describe, expect, it } from 'vitest';

import { createRandom } from '../../../../src/routing/features/random.js';
import type { SparseRows } from '../../../../src/routing/features/sparse-rows.js';
import { truncatedSvd } from '../../../../src/routing/features/truncated-svd.js';

/** A random sparse matrix, and the same one dense. */
function example(rows: number, width: number, perRow: number): { sparse: SparseRows; dense: Matrix } {
  const random = createRandom(7);
  const dense = Matrix.zeros(rows, width);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < perRow; k++)
      dense.set(row, (random.next() % (1 + (row % width))) % width, 1 + random.normal() ** 2);
  }
  const entries = dense
    .to2DArray()
    .map((row) => row.flatMap((value, column) => (value === 0 ? [] : [{ value, column }])));
  const start = Uint32Array.from({ length: rows + 1 }, (_, row) => entries.slice(0, row).flat().length);
  const flat = entries.flat();
  return {
    dense,
    sparse: {
      start,
      width,
      columns: Uint16Array.from(flat, ({ column }) => column),
      values: Float64Array.from(flat, ({ value }) => value),
    },
  };
}

describe('the truncated singular value decomposition', () => {
  const { sparse, dense } = example(80, 60, 5);

  it('finds the leading singular values and vectors of the full one', () => {
    const full = new SingularValueDecomposition(dense);
    const { vectors, values } = truncatedSvd(sparse, 6, 1);
    // Seven passes shrink what is missed by (σ₂₃/σ₆)¹² ≈ 1e-5 here.
    for (let j = 0; j < 6; j++) {
      expect(values[j]).toBeCloseTo(full.diagonal[j], 6);
      const cosine = Matrix.rowVector(vectors.getColumn(j))
        .mmul(full.rightSingularVectors.getColumnVector(j))
        .get(0, 0);
      expect(Math.abs(cosine)).toBeCloseTo(1, 4);
    }
  });
  it('gives orthonormal vectors whose largest entry is positive', () => {
    const { vectors } = truncatedSvd(sparse, 6, 1);
    const gram = vectors.transpose().mmul(vectors).sub(Matrix.eye(6));
    expect(Math.max(...gram.to1DArray().map(Math.abs))).toBeLessThan(1e-12);
    for (const column of vectors.transpose().to2DArray()) {
      expect(Math.max(...column)).toBe(Math.max(...column.map(Math.abs)));
    }
  });
  it('is the same for the same seed, and nearly so for another', () => {
    expect(truncatedSvd(sparse, 4, 1).vectors).toEqual(truncatedSvd(sparse, 4, 1).vectors);
    expect(truncatedSvd(sparse, 4, 2).values[0]).toBeCloseTo(truncatedSvd(sparse, 4, 1).values[0], 9);
  });
  it('gives no more vectors than there are independent rows', () => {
    const twice = {
      start: Uint32Array.of(0, 1, 2, 3),
      columns: Uint16Array.of(0, 1, 0),
      values: Float64Array.of(1, 1, 1),
      width: 9,
    };
    expect(truncatedSvd(twice, 3, 1).values).toHaveLength(2);
  });
});
