/** Gauss–Legendre quadrature on [-1, 1]. */

export interface QuadratureRule {
  /** Ascending, length n, in (-1, 1). */
  readonly nodes: Float64Array;
  /** Length n, positive, summing to 2. */
  readonly weights: Float64Array;
}

/** P_n(x) and its derivative by the three-term recurrence. */
function legendre(n: number, x: number): [value: number, slope: number] {
  let before = 1;
  let value = x;
  for (let k = 2; k <= n; k++) [before, value] = [value, ((2 * k - 1) * x * value - (k - 1) * before) / k];
  return [value, (n * (x * value - before)) / (x * x - 1)];
}

/**
 * Exact for polynomials of degree 2n − 1. Nodes by Newton's method on P_n from Tricomi's first guess
 * cos(π(i − ¼)/(n + ½)); weights 2/((1 − x²)·P_n′(x)²). Abramowitz and Stegun 25.4.29.
 * @param n  number of nodes, an integer ≥ 2
 */
export function gaussLegendre(n: number): QuadratureRule {
  const nodes = new Float64Array(n);
  const weights = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let x = -Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    for (let step = 0; step < 8; step++) {
      const [value, slope] = legendre(n, x);
      x -= value / slope;
    }
    const [, slope] = legendre(n, x);
    nodes[i] = x;
    weights[i] = 2 / ((1 - x * x) * slope * slope);
  }
  return { nodes, weights };
}
