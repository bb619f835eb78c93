/** Exact Thompson probabilities, beside a plain trapezoid, which is accurate only where the deviations are alike. */
import { bestOfGaussians } from '../../policies/exploration/best-of-gaussians.js';
import { normal } from '../../policies/exploration/normal.js';
import { allocatedBytes } from './allocation.js';
import { compare } from './compare.js';
import { random } from './random.js';
import type { BenchModule, Row } from './row.js';

const ARMS = 16;
const NODES = 256;
const REACH = 8;

/** Π Φ at 256 even nodes over everything that any candidate reaches, whether or not it can win. */
function trapezoid(mean: Float64Array, deviation: Float64Array): Float64Array {
  const n = mean.length;
  const result = new Float64Array(n);
  const cdf = new Float64Array(n);
  const density = new Float64Array(n);
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < n; i++) {
    low = Math.min(low, mean[i]! - REACH * deviation[i]!);
    high = Math.max(high, mean[i]! + REACH * deviation[i]!);
  }
  const step = (high - low) / (NODES - 1);
  for (let k = 0; k < NODES; k++) {
    const t = low + k * step;
    let product = 1;
    for (let i = 0; i < n; i++) product *= cdf[i] = normal((t - mean[i]!) / deviation[i]!, density, i);
    if (product === 0) continue;
    for (let i = 0; i < n; i++) result[i]! += (((step * product) / cdf[i]!) * density[i]!) / deviation[i]!;
  }
  return result;
}

interface Belief {
  readonly name: string;
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

function beliefs(): readonly Belief[] {
  const next = random(4);
  const column = (value: (i: number) => number) => Float64Array.from({ length: ARMS }, (_, i) => value(i));
  return [
    // Three good arms, thirteen that many outcomes have shown to be worse.
    {
      name: 'thompson, 3 of 16 contend',
      mean: column((i) => (i < 3 ? 0.8 + 0.02 * i : 0.2 + 0.4 * next())),
      deviation: column(() => 0.01 + 0.02 * next()),
    },
    {
      name: 'thompson, all contend',
      mean: column(() => 0.7 + 0.1 * next()),
      deviation: column(() => 0.05 + 0.1 * next()),
    },
    { name: 'thompson, nothing is known', mean: column(() => 0.7), deviation: column(() => 0.2) },
    // Each arm 0.4 times as uncertain as the one before, and all of them contending: the worst that scales can do.
    {
      name: 'thompson, six decades of scales',
      mean: column((i) => -3 * 10 ** ((-6 * i) / ARMS)),
      deviation: column((i) => 10 ** ((-6 * i) / ARMS)),
    },
  ];
}

function* rows(): Iterable<Row> {
  const probabilityOfBest = bestOfGaussians(1);
  for (const { name, mean, deviation } of beliefs()) {
    const run = () => probabilityOfBest(mean, deviation);
    const reference = { name: `trapezoid, ${NODES} nodes`, run: () => trapezoid(mean, deviation) };
    yield compare({ name, arms: ARMS, d: 0, run, reference, allocated_bytes: allocatedBytes(run) });
  }
}

export const exploration: BenchModule = { name: 'exploration', rows };
