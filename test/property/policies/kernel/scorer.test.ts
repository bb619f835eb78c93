import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Arena } from '../../../../policies/kernel/arena.js';
import { PlainKernel } from '../../../../policies/kernel/plain-kernel.js';
import { Scorer } from '../../../../policies/kernel/scorer.js';
import { WasmKernel } from '../../../../policies/kernel/wasm-kernel.js';
import { dot, packedLength, quadraticForm } from '../../../../policies/linear/packed.js';

const number = fc.double({ min: -1e3, max: 1e3, noNaN: true });
const feature = fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.integer({ min: -4096, max: 4096 }));
const fixed = <T>(arbitrary: fc.Arbitrary<T>, length: number) =>
  fc.array(arbitrary, { minLength: length, maxLength: length });

const problem = fc
  .record({ slots: fc.integer({ min: 1, max: 5 }), dimension: fc.integer({ min: 1, max: 19 }) })
  .chain(({ slots, dimension }) =>
    fc.record({
      slots: fc.constant(slots),
      dimension: fc.constant(dimension),
      means: fixed(fixed(number, dimension), slots).map((rows) => rows.map((row) => Float64Array.from(row))),
      covariances: fixed(fixed(number, packedLength(dimension)), slots).map((rows) =>
        rows.map((row) => Float64Array.from(row)),
      ),
      contexts: fc
        .array(fixed(feature, dimension), { minLength: 1, maxLength: 5 })
        .map((rows) => rows.map((row) => Int16Array.from(row))),
    }),
  );
type Problem = typeof problem extends fc.Arbitrary<infer T> ? T : never;

function scorerOf({ slots, dimension, means, covariances }: Problem, arena: Arena): Scorer {
  const scorer = new Scorer({ slots, dimension, arena });
  means.forEach((mean, slot) => scorer.load(slot, mean, covariances[slot]!));
  return scorer;
}

function score(scorer: Scorer, x: Int16Array): { means: Float64Array; variances: Float64Array } {
  const [means, variances] = [new Float64Array(scorer.slots), new Float64Array(scorer.slots)];
  scorer.setFeatures(x);
  scorer.means(0, scorer.slots, means);
  scorer.variances(0, scorer.slots, variances);
  return { means, variances };
}

const arenas = { wasm: new Arena(new WasmKernel()), plain: new Arena(new PlainKernel()) };

describe('a scorer', () => {
  it('gives the same bits on WebAssembly and in plain TypeScript', () => {
    fc.assert(
      fc.property(problem, (p) => {
        const [wasm, plain] = [scorerOf(p, arenas.wasm), scorerOf(p, arenas.plain)];
        for (const x of p.contexts) expect(score(wasm, x)).toEqual(score(plain, x));
        wasm.release();
        plain.release();
      }),
    );
  });

  it.each(['wasm', 'plain'] as const)('computes xᵀθ and xᵀΛ⁻¹x (%s)', (kernel) => {
    fc.assert(
      fc.property(problem, (p) => {
        const scorer = scorerOf(p, arenas[kernel]);
        for (const x of p.contexts) {
          const real = Float64Array.from(x, (entry) => entry / 4096);
          const { means, variances } = score(scorer, x);
          means.forEach((mean, s) => expect(Math.abs(mean - dot(p.means[s]!, real))).toBeLessThan(1e-9));
          variances.forEach((variance, s) =>
            expect(Math.abs(variance - quadraticForm(p.covariances[s]!, real))).toBeLessThan(1e-8),
          );
        }
        scorer.release();
      }),
    );
  });

  it.each(['wasm', 'plain'] as const)('scores a batch to the bits of one context at a time (%s)', (kernel) => {
    fc.assert(
      fc.property(problem, fc.nat(), fc.nat(), (p, a, b) => {
        const scorer = scorerOf(p, arenas[kernel]);
        const first = a % p.slots;
        const count = 1 + (b % (p.slots - first));
        const size = p.contexts.length * count;
        const [means, variances] = [new Float64Array(size), new Float64Array(size)];
        scorer.scoreBatch(p.contexts, first, count, means, variances);
        p.contexts.forEach((x, k) => {
          const single = score(scorer, x);
          const range = [k * count, (k + 1) * count] as const;
          expect(means.slice(...range)).toEqual(single.means.slice(first, first + count));
          expect(variances.slice(...range)).toEqual(single.variances.slice(first, first + count));
        });
        scorer.release();
      }),
    );
  });

  it('sums blocks of rows to the same integers on WebAssembly and in plain TypeScript', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.infiniteStream(fc.integer({ min: -4096, max: 4096 })),
        (d, stream) => {
          const rows = Int16Array.from({ length: 32 * d }, () => stream.next().value);
          const [wasm, plain] = [arenas.wasm, arenas.plain].map((arena) => {
            const [input, output] = [arena.allocate(8 * d), arena.allocate(packedLength(d))];
            arena.kernel.shorts.set(rows, 4 * input);
            arena.kernel.products(4 * input, d, 2 * output);
            const sums = arena.kernel.integers.slice(2 * output, 2 * output + packedLength(d));
            arena.release(input);
            arena.release(output);
            return sums;
          });
          expect(wasm).toEqual(plain);
        },
      ),
    );
  });
});
