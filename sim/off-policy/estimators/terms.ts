/**
 * Every estimator here is a function of means over the rounds,
 *
 *   value = mean(offset) + mean(numerator) / mean(denominator),
 *
 * so that one bootstrap and one normal approximation serve them all.
 */
export interface Terms {
  /** Length n; absent: 0. */
  readonly offset?: Float64Array;
  /** Length n. */
  readonly numerator: Float64Array;
  /** Length n; absent: 1. */
  readonly denominator?: Float64Array;
}

/** What an estimator may look at; every array has one entry per round, length n. */
export interface Sample {
  /** w = π(a|x)/p(a|x) ≥ 0: target over logging probability of the logged arm. */
  readonly weights: Float64Array;
  /** r: the outcome of the logged arm, in the unit of the metric or of the objective. */
  readonly rewards: Float64Array;
  /** q̂(x, a): the predicted outcome of the logged arm. */
  readonly predicted: Float64Array;
  /** Σ_a π(a|x)·q̂(x, a): the predicted outcome of the target. */
  readonly direct: Float64Array;
}

/** @throws RangeError when there is no round, columns disagree, or the denominator sums to 0 */
export function valueOf({ offset, numerator, denominator }: Terms): number {
  if (numerator.length === 0) throw new RangeError('an estimate needs at least one round, got none');
  return (offset ? mean(offset) : 0) + mean(numerator) / (denominator ? positiveMean(denominator) : 1);
}

/**
 * What each round adds to the estimate, linearised (delta method; van der Vaart 1998, Asymptotic Statistics, section 3.1):
 * ψ_i = offset_i + (numerator_i − R·denominator_i)/mean(denominator) with R the ratio of the means. The variance of the
 * estimate is that of ψ over n.
 */
export function influenceOf({ offset, numerator, denominator }: Terms): Float64Array {
  const size = denominator ? positiveMean(denominator) : 1;
  const ratio = mean(numerator) / size;
  return numerator.map((value, i) => {
    const residual = denominator ? value - ratio * denominator[i]! : value;
    return (offset ? offset[i]! : 0) + residual / size;
  });
}

/** Σ values / n. */
export function mean(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

function positiveMean(values: Float64Array): number {
  const result = mean(values);
  if (!(result > 0)) throw new RangeError('the target never chooses what was logged: no weight is positive');
  return result;
}
