/**
 * Answers of MABWiser, Open Bandit Pipeline and coba, from ../shared/fixtures (absent outside the development machine).
 *
 * Their contexts are integers up to 5, outside our grid. Λ = λI + Σ x·xᵀ keeps its predictions when x is divided by 8 and
 * λ by 64: θ becomes 8θ, and xᵀθ and xᵀΛ⁻¹x stay as they are. Eighths lie on the grid, so the whole path is tested.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

import { factorise } from '../../../../policies/linear/cholesky.js';
import { quantiseFeatures } from '../../../../policies/linear/grid.js';
import { packedRow, quadraticForm } from '../../../../policies/linear/packed.js';
import { formPosterior, type Posterior } from '../../../../policies/linear/posterior.js';
import { predict } from '../../../../policies/linear/predict.js';
import { learnOne, type RunningPosterior } from '../../../../policies/linear/rank-one.js';
import { Statistics } from '../../../../policies/linear/statistics.js';
import { TARGET_UNIT } from '../../../../policies/linear/target.js';

const folder = fileURLToPath(new URL('../../../../../shared/fixtures/', import.meta.url));
const read = (name: string) => JSON.parse(readFileSync(folder + name, 'utf8'));

const SHRINK = 8;
const shrunk = (context: readonly number[]) => Float64Array.from(context, (entry) => entry / SHRINK);

interface Log {
  readonly decisions: number[];
  readonly rewards: number[];
  readonly contexts: number[][];
}

function learn(statistics: Statistics, log: Log, arm: number): Statistics {
  log.decisions.forEach((decision, n) => {
    if (decision === arm) statistics.add(quantiseFeatures(shrunk(log.contexts[n]!)), log.rewards[n]! * TARGET_UNIT);
  });
  return statistics;
}

const believe = (statistics: Statistics, ridge: number): Posterior =>
  formPosterior({
    dimension: statistics.dimension,
    precision: ridge / SHRINK ** 2,
    evidence: [{ statistics, weight: 1, scale: 1 }],
    targetScale: 1,
    noise: 1,
  });

const believeLog = (log: Log, arm: number, ridge: number) => believe(learn(new Statistics(5), log, arm), ridge);
const coefficients = (posterior: Posterior) => Array.from(posterior.mean, (entry) => entry / SHRINK);

const close = (actual: readonly number[], expected: readonly number[], tolerance: number) =>
  actual.forEach((value, k) => expect(Math.abs(value - expected[k]!)).toBeLessThanOrEqual(tolerance));

describe.skipIf(!existsSync(folder))('known answers (skipped where ../shared/fixtures is absent)', () => {
  it('are the expectations of MABWiser’s LinUCB without exploration', () => {
    const { inputs, expected, tolerance } = read('mabwiser-linucb-alpha0.json');
    inputs.query.forEach((query: number[], q: number) => {
      const x = quantiseFeatures(shrunk(query));
      const means = inputs.arms.map((arm: number) => predict(believeLog(inputs, arm, inputs.l2_lambda), x).mean);
      close(means, expected.expectations[q], tolerance);
    });
  });

  it('are MABWiser’s coefficients after a fit, an increment and a refit', () => {
    const { inputs, expected, full_theta_computed_here: full, tolerance } = read('mabwiser-linucb-partial-fit.json');
    for (const arm of inputs.arms as number[]) {
      const statistics = learn(new Statistics(5), inputs, arm);
      const first = expected.initial_beta0[arm];
      if (first !== undefined)
        close(coefficients(believe(statistics, inputs.l2_lambda)).slice(0, 1), [first], tolerance);
      learn(statistics, inputs.second, arm);
      close(coefficients(believe(statistics, inputs.l2_lambda)), full.after_partial_fit[arm], 1e-12);
      close(coefficients(believeLog(inputs.second, arm, inputs.l2_lambda)), full.refit[arm], 1e-12);
    }
  });

  it('are the means, deviations and draws of MABWiser’s LinTS', () => {
    const { inputs, expected, tolerance, ...fixture } = read('mabwiser-lints-draws.json');
    const means = fixture.posterior_mean_computed_here;
    const deviations = fixture.posterior_sd_of_score_computed_here;
    (inputs.arms as number[]).forEach((arm, a) => {
      const posterior = believeLog(inputs, arm, inputs.l2_lambda);
      close(coefficients(posterior), means[arm], 1e-12);
      // The factor of the covariance turns standard normals into a draw θ̃ = θ + L·z.
      const factor = factorise(posterior.covariance, 5);
      inputs.query.forEach((query: number[], q: number) => {
        const x = shrunk(query);
        close([Math.sqrt(quadraticForm(posterior.covariance, x))], [deviations[q][a]], 1e-12);
        const z: number[] = inputs.z[a][q];
        const draw = posterior.mean.map(
          (mean, i) => mean + z.slice(0, i + 1).reduce((sum, zj, j) => sum + factor[packedRow(i) + j]! * zj, 0),
        );
        close([draw.reduce((sum, entry, i) => sum + entry * x[i]!, 0)], [expected.scores[q][a]], tolerance);
      });
    });
  });

  it('are one rank-one step of Open Bandit Pipeline', () => {
    const { inputs, expected, tolerance } = read('sherman-morrison-obp-coba.json');
    const { A_inv, b, x, reward } = inputs.a;
    const posterior: RunningPosterior = {
      dimension: 2,
      covariance: Float64Array.of(A_inv[0][0], A_inv[1][0], A_inv[1][1]),
      mean: Float64Array.of(A_inv[0][0] * b[0] + A_inv[0][1] * b[1], A_inv[1][0] * b[0] + A_inv[1][1] * b[1]),
      noiseVariance: 1,
      trust: 1,
      outcomes: 1,
      degrees: 1,
      residual: 1,
    };
    learnOne(posterior, Float64Array.from(x), reward);
    const inverse = expected.a.A_inv;
    close(Array.from(posterior.covariance), [inverse[0][0], inverse[1][0], inverse[1][1]], tolerance);
    const mean = inverse.map((row: number[]) => row[0]! * expected.a.b[0] + row[1]! * expected.a.b[1]);
    close(Array.from(posterior.mean), mean, tolerance);
  });

  it('are coba’s rewards after thirty updates of each one-hot context', () => {
    const { inputs, expected, tolerance } = read('sherman-morrison-obp-coba.json');
    const { updates, one_hot_rewards: rewards } = inputs.b;
    const statistics = new Statistics(3);
    (rewards as number[]).forEach((reward, arm) => {
      const x = new Int16Array(3);
      x[arm] = 4096;
      for (let n = 0; n < updates; n++) statistics.add(x, reward * TARGET_UNIT);
    });
    const posterior = believe(statistics, SHRINK ** 2);
    close(Array.from(posterior.mean), expected.b.theta, tolerance);
    close(
      [0, 1, 2].map((i) => posterior.covariance[packedRow(i) + i]!),
      expected.b.A_inv_diag,
      tolerance,
    );
  });
});
