/** Mean and width of every arm at one context, and at many in one pass. */
import { Scorer } from '../../policies/kernel/scorer.js';
import { factorise, invert } from '../../policies/linear/cholesky.js';
import { featuresFromGrid } from '../../policies/linear/grid.js';
import { addOuterProduct, packedLength, packedRow } from '../../policies/linear/packed.js';
import { allocatedBytes } from './allocation.js';
import { compare } from './compare.js';
import { denseFeatures, random } from './random.js';
import { REFERENCE, referenceArm, referenceScores, type ReferenceArm } from './reference.js';
import type { BenchModule, Row } from './row.js';

export const SIZES = [
  { arms: 3, d: 26 },
  { arms: 16, d: 64 },
  { arms: 100, d: 64 },
  { arms: 16, d: 384 },
] as const;
const BATCH = 32;

interface Beliefs {
  readonly scorer: Scorer;
  readonly reference: readonly ReferenceArm[];
  readonly contexts: readonly Int16Array[];
}

/** Arms that have learned from a few dense outcomes each. */
function beliefs(arms: number, d: number): Beliefs {
  const next = random(1);
  const scorer = new Scorer({ slots: arms, dimension: d });
  const reference = Array.from({ length: arms }, (_, arm) => {
    const precision = new Float64Array(packedLength(d));
    for (let i = 0; i < d; i++) precision[packedRow(i) + i] = 1;
    for (let n = 0; n < 10; n++) addOuterProduct(precision, featuresFromGrid(denseFeatures(d, next)), 1);
    const covariance = invert(factorise(precision, d), d);
    const mean = Float64Array.from({ length: d }, () => next() - 0.5);
    scorer.load(arm, mean, covariance);
    return referenceArm(mean, covariance);
  });
  return { scorer, reference, contexts: Array.from({ length: BATCH }, () => denseFeatures(d, next)) };
}

function* rows(): Iterable<Row> {
  for (const { arms, d } of SIZES) {
    const { scorer, reference, contexts } = beliefs(arms, d);
    const [means, widths] = [new Float64Array(arms * BATCH), new Float64Array(arms * BATCH)];
    const taskOnly = new Int16Array(d).fill(4096, 0, 1).fill(4096, 5, 6);
    const floats = contexts.map((x) => featuresFromGrid(x));
    const score = (x: Int16Array) => () => {
      scorer.setFeatures(x);
      scorer.means(0, arms, means);
      scorer.variances(0, arms, widths);
      for (let arm = 0; arm < arms; arm++) widths[arm] = means[arm]! + Math.sqrt(widths[arm]!);
    };
    let k = 0;
    const one = () => score(contexts[k++ % BATCH]!)();
    const naive = { name: REFERENCE, run: () => referenceScores(reference, floats[k++ % BATCH]!) };
    yield compare({ name: 'score', arms, d, run: one, reference: naive, allocated_bytes: allocatedBytes(one) });
    const sparse = featuresFromGrid(taskOnly);
    yield compare({
      name: 'score, task only',
      arms,
      d,
      run: score(taskOnly),
      reference: { name: REFERENCE, run: () => referenceScores(reference, sparse) },
    });
    const batch = compare({
      name: 'score, in a batch',
      arms,
      d,
      run: () => scorer.scoreBatch(contexts, 0, arms, means, widths),
      reference: { name: 'score', run: () => contexts.forEach((x) => score(x)()) },
    });
    yield { ...batch, median_us: batch.median_us / BATCH, reference_median_us: batch.reference_median_us! / BATCH };
    scorer.release();
  }
}

export const scoring: BenchModule = { name: 'scoring', rows };
