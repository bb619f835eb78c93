/** A world in which the linear belief is true: every arm's metrics are xᵀθ plus normal noise, with θ known. */
import { normal } from '../../policies/exploration/normal.js';
import { chanceOf } from '../random.js';
import type { Step, World } from './world.js';

export interface LinearWorldOptions {
  readonly arms: number;
  /** Length of the vector that requests bring as `context.x`; entries uniform in [-1, 1]. */
  readonly dimension: number;
  readonly length: number;
  /** Deviation of accuracy around its mean, ≥ 0; accuracy is kept within [0, 1], which draws its mean towards ½ where noise is much. */
  readonly noise?: number;
  /** Tells worlds apart: θ is a function of it. */
  readonly seed?: number;
}

/**
 * Accuracy of arm k at x is ½ + xᵀθ_k plus noise, kept within [0, 1], with |xᵀθ_k| ≤ 0.4; energy is k + 1 joules. What is expected is
 * the mean of what is kept: at a noise of 0.1 that is ½ + xᵀθ_k to .008, at 1 arms differ by two fifths of it.
 */
export function linearWorld({ arms: count, dimension, length, noise = 0.1, seed = 1 }: LinearWorldOptions): World {
  const chance = chanceOf(seed, 'linear world');
  const thetas = Array.from({ length: count }, () => {
    const theta = Float64Array.from({ length: dimension }, () => 2 * chance.number() - 1);
    const reach = theta.reduce((sum, entry) => sum + Math.abs(entry), 0);
    return theta.map((entry) => (0.4 * entry) / reach);
  });
  const energy = Float64Array.from(thetas, (_, k) => k + 1);
  return {
    name: `linear world ${seed}`,
    arms: thetas.map((_, k) => `arm-${k}`),
    metrics: ['accuracy', 'energy_j'],
    length,
    changes: [],
    *steps(draw): Generator<Step> {
      for (let request = 0; request < length; request++) {
        const x: number[] = [];
        for (let i = 0; i < dimension; i++) x.push(2 * draw.number() - 1);
        const means = new Float64Array(count);
        const accuracy = new Float64Array(count);
        for (let k = 0; k < count; k++) {
          const centre = 0.5 + product(thetas[k]!, x);
          means[k] = meanWithin(centre, noise);
          accuracy[k] = Math.max(0, Math.min(1, centre + noise * draw.normal()));
        }
        yield {
          phase: 'all',
          context: { x },
          outcomes: { accuracy, energy_j: energy },
          expected: { accuracy: means, energy_j: energy },
        };
      }
    },
  };
}

const density = new Float64Array(2);

/**
 * E[min(1, max(0, y))] for y ~ N(μ, σ²): with a = −μ/σ and b = (1 − μ)/σ it is
 * 1 − Φ(b) + μ·(Φ(b) − Φ(a)) + σ·(φ(a) − φ(b)), the mean of a normal censored on both sides (Greene, Econometric Analysis, 19.3).
 */
export function meanWithin(mean: number, deviation: number): number {
  if (deviation === 0) return Math.max(0, Math.min(1, mean));
  const below = normal(-mean / deviation, density, 0);
  const above = normal((1 - mean) / deviation, density, 1);
  return 1 - above + mean * (above - below) + deviation * (density[0]! - density[1]!);
}

function product(theta: Float64Array, x: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < theta.length; i++) sum += theta[i]! * x[i]!;
  return sum;
}
