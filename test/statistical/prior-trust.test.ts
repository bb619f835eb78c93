/**
 * What profiles are worth when they are right, and how soon they give way when they are upside down.
 *
 * Routers of 4 arms and 6 tasks with Bernoulli outcomes choose the largest mean + deviation. Profiles count as 50
 * outcomes a row, five times the default. An inverted profile calls the best arm of every task the worst.
 */
import { describe, expect, it } from 'vitest';

import { quantiseFeatures } from '../../policies/linear/grid.js';
import {
  formPosterior,
  trustEvidence,
  type Posterior,
  type PosteriorOptions,
} from '../../policies/linear/posterior.js';
import { predict } from '../../policies/linear/predict.js';
import { emptyPrior, formPrior, type Prior } from '../../policies/linear/prior.js';
import { Statistics } from '../../policies/linear/statistics.js';
import { TARGET_UNIT } from '../../policies/linear/target.js';
import { agreeOnTrust } from '../../policies/linear/trust.js';
import { random } from '../bench/random.js';

const ARMS = 4;
const TASKS = 6;
const DIMENSION = TASKS + 1;
const SEEDS = 60;
const REQUESTS = 150;
const WEIGHT = 50;
const SAMPLES = 1000;
/** Outcomes after which an inverted profile has given way: some four for each arm and task. */
const GIVEN_WAY = 100;
/** Means of 60 paired differences are told from 0 when they are this many standard errors away. */
const STANDARD_ERRORS = 3;

const features = Array.from({ length: TASKS }, (_, task) =>
  Float64Array.from({ length: DIMENSION }, (_, i) => (i === 0 || i === task + 1 ? 1 : 0)),
);
const quantised = features.map(quantiseFeatures);

type Profile = 'none' | 'right' | 'inverted';

function priorOf(profile: Profile, accuracies: readonly number[], next: () => number): Prior {
  if (profile === 'none') return emptyPrior(DIMENSION);
  return formPrior(
    DIMENSION,
    accuracies.map((accuracy, task) => ({
      features: features[task]!,
      value: profile === 'right' ? accuracy + 0.06 * (next() - 0.5) : 1.3 - accuracy,
      weight: WEIGHT,
      samples: SAMPLES,
    })),
  );
}

/** Arms that learn; `measured` false holds the trust in profiles at 1. */
class Believers {
  private readonly statistics = Array.from({ length: ARMS }, () => new Statistics(DIMENSION));
  private readonly voices: Float64Array[] = Array.from({ length: ARMS }, () => new Float64Array(8));
  posteriors: Posterior[] = [];

  constructor(
    private readonly priors: readonly Prior[],
    private readonly measured: boolean,
  ) {
    this.form();
  }

  learn(arm: number, task: number, success: boolean): void {
    this.statistics[arm]!.add(quantised[task]!, success ? TARGET_UNIT : 0);
    this.voices[arm] = trustEvidence(this.options(arm));
    this.form();
  }

  private form(): void {
    this.posteriors = this.statistics.map((_, arm) => {
      const others = this.voices.filter((_, other) => other !== arm);
      const trust = this.measured ? agreeOnTrust(this.voices[arm]!, others) : 1;
      return formPosterior({ ...this.options(arm), trust });
    });
  }

  private options(arm: number): PosteriorOptions {
    const prior = this.priors[arm]!;
    return {
      dimension: DIMENSION,
      precision: 1,
      prior,
      evidence: [{ statistics: this.statistics[arm]!, weight: 1, scale: 1 }],
      targetScale: 1,
      noise: 0.35,
      level: prior.weight > 0 ? undefined : 0.5,
    };
  }
}

/** Regret of each request. */
function play(seed: number, profile: Profile, measured = true): number[] {
  const next = random(seed);
  const truth = Array.from({ length: ARMS }, () => Array.from({ length: TASKS }, () => 0.35 + 0.6 * next()));
  const believers = new Believers(
    truth.map((accuracies) => priorOf(profile, accuracies, next)),
    measured,
  );
  return Array.from({ length: REQUESTS }, () => {
    const task = Math.floor(next() * TASKS);
    const bounds = believers.posteriors.map((posterior) => {
      const { mean, deviation } = predict(posterior, quantised[task]!);
      return mean + deviation;
    });
    const arm = bounds.indexOf(Math.max(...bounds));
    believers.learn(arm, task, next() < truth[arm]![task]!);
    return Math.max(...truth.map((accuracies) => accuracies[task]!)) - truth[arm]![task]!;
  });
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const error = (values: readonly number[]) => {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)) / (values.length - 1));
};
const seeds = Array.from({ length: SEEDS }, (_, n) => 1000 + n);
/** Mean regret of requests [from, to), by seed. */
const regrets = (runs: readonly number[][], from: number, to: number) => runs.map((run) => mean(run.slice(from, to)));

/** The left-hand regrets are lower than the right-hand ones beyond chance. */
function expectLower(left: readonly number[], right: readonly number[]): void {
  const gaps = left.map((value, n) => right[n]! - value);
  expect(mean(gaps)).toBeGreaterThan(STANDARD_ERRORS * error(gaps));
}

describe('the trust in profiles', () => {
  const none = seeds.map((seed) => play(seed, 'none'));
  const right = seeds.map((seed) => play(seed, 'right'));
  const inverted = seeds.map((seed) => play(seed, 'inverted'));

  it('makes a seeded belief better than an unseeded one from the first outcomes on', () => {
    expectLower(regrets(right, 0, 20), regrets(none, 0, 20));
    expectLower(regrets(right, 20, 100), regrets(none, 20, 100));
    expect(mean(regrets(right, 0, 100))).toBeLessThan(0.02);
  });

  it(`gives way within ${GIVEN_WAY} outcomes where profiles are inverted: less than half of the first regret is left`, () => {
    const first = regrets(inverted, 0, 10);
    const after = regrets(inverted, GIVEN_WAY, GIVEN_WAY + 50);
    expectLower(
      after,
      first.map((regret) => regret / 2),
    );
    // No worse than a router that knows nothing is at its start.
    expect(mean(after)).toBeLessThan(mean(regrets(none, 0, 20)) + STANDARD_ERRORS * error(regrets(none, 0, 20)));
  });

  it('is what does it: at full trust an inverted profile still stands', () => {
    const stubborn = seeds.map((seed) => play(seed, 'inverted', false));
    const [from, to] = [GIVEN_WAY, GIVEN_WAY + 50];
    expectLower(regrets(inverted, from, to), regrets(stubborn, from, to));
    expect(mean(regrets(stubborn, from, to))).toBeGreaterThan(mean(regrets(stubborn, 0, 10)) / 2);
  });
});
