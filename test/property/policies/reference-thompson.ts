/**
 * A slow, independent computation of the probability that each Gaussian is the largest: Simpson's rule, 24 steps in
 * every interval between the points mean ± k/2 deviations, k = 0 … 17, of every candidate, and Φ from the error
 * function's own series and continued fraction. It shares nothing with the quadrature under test.
 */

/** Abramowitz and Stegun 7.1.6 for small arguments, the continued fraction 7.1.14 for large ones. */
function upperTail(z: number): number {
  const x = z / Math.SQRT2;
  if (Math.abs(x) < 2.5) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-18; n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return 0.5 - (Math.exp(-x * x) / Math.sqrt(Math.PI)) * sum;
  }
  if (x < 0) return 1 - upperTail(-z);
  let fraction = 0;
  for (let n = 60; n >= 1; n--) fraction = n / 2 / (x + fraction);
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction) / 2;
}

export const referenceCdf = (z: number): number => upperTail(-z);

const steps = 24;

function breakpoints(mean: Float64Array, deviation: Float64Array, lower: number): number[] {
  const points = lower > -Infinity ? [lower] : [];
  mean.forEach((m, j) => {
    for (let k = -17; k <= 17 && deviation[j] > 0; k++) points.push(m + 0.5 * k * deviation[j]);
  });
  return points.filter((t) => t >= lower).sort((a, b) => a - b);
}

function integrand(t: number, mean: Float64Array, deviation: Float64Array): number[] {
  const cdf = Array.from(mean, (m, j) => (deviation[j] > 0 ? referenceCdf((t - m) / deviation[j]) : 1));
  return Array.from(mean, (m, i) => {
    if (deviation[i] === 0) return 0;
    const z = (t - m) / deviation[i];
    if (Math.abs(z) > 9) return 0;
    const density = Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI) / deviation[i];
    return cdf.reduce((product, factor, j) => (j === i ? product : product * factor), density);
  });
}

/**
 * @param mean       length n ≥ 1
 * @param deviation  length n, ≥ 0
 * @returns length n; not normalised, so that its sum shows its own error
 */
export function referenceThompson(mean: Float64Array, deviation: Float64Array): Float64Array {
  const level = Math.max(...Array.from(mean, (m, i) => (deviation[i] === 0 ? m : -Infinity)));
  const result = new Float64Array(mean.length);
  const points = breakpoints(mean, deviation, level);
  for (let k = 1; k < points.length; k++) {
    const width = points[k] - points[k - 1];
    for (let step = 0; step <= steps && width > 0; step++) {
      const weight = (step === 0 || step === steps ? 1 : step % 2 === 1 ? 4 : 2) * (width / steps / 3);
      const values = integrand(points[k - 1] + (width * step) / steps, mean, deviation);
      for (let i = 0; i < result.length; i++) result[i] += weight * values[i];
    }
  }
  if (level === -Infinity) return result;
  const below = mean.reduce((p, m, j) => (deviation[j] > 0 ? p * referenceCdf((level - m) / deviation[j]) : p), 1);
  const ties = mean.filter((m, i) => deviation[i] === 0 && m === level).length;
  mean.forEach((m, i) => {
    if (deviation[i] === 0 && m === level) result[i] = below / ties;
  });
  return result;
}
