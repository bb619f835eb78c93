/** Every estimator by name, and where its λ comes from when it has one: the rule that its authors give, no tuning. */
import { effectiveSampleSize, largest } from '../effective-sample-size.js';
import { directMethod } from './direct-method.js';
import { doublyRobust } from './doubly-robust.js';
import { ips } from './ips.js';
import { selfNormalisedDoublyRobust } from './self-normalised-doubly-robust.js';
import { snips } from './snips.js';
import type { Sample, Terms } from './terms.js';
import { clipped, shrunk, subgaussian, switched } from './weights.js';

export type EstimatorName = keyof typeof estimators | 'replay';

/** All but replay, which needs more than a sample: it draws. */
export const estimators = {
  ips,
  snips,
  dm: directMethod,
  dr: (sample) => doublyRobust(sample),
  /** λ = w_max²: the largest weight is halved, those below a tenth of it lose at most 1 %. */
  dros: (sample) => doublyRobust(sample, shrunk(sample.weights, Math.max(1, largest(sample.weights) ** 2))),
  sndr: selfNormalisedDoublyRobust,
  /** λ = √n, as Ionides 2008 chooses. */
  'clipped-ips': (sample) => ips({ ...sample, weights: clipped(sample.weights, rootOfRounds(sample)) }),
  'switch-dr': (sample) => doublyRobust(sample, switched(sample.weights, rootOfRounds(sample))),
  'sg-ips': (sample) => ips({ ...sample, weights: subgaussian(sample.weights, subgaussianLambda(sample)) }),
  'sg-dr': (sample) => doublyRobust(sample, subgaussian(sample.weights, subgaussianLambda(sample))),
} satisfies Record<string, (sample: Sample) => Terms>;

export const estimatorNames = ['replay', ...Object.keys(estimators)] as readonly EstimatorName[];
/** Those that are shown unless others are asked for. */
export const usualEstimators: readonly EstimatorName[] = ['replay', 'ips', 'snips', 'dm', 'dr', 'dros'];

/** Whether it needs a model of the outcomes. */
export const isModelled = (name: EstimatorName): boolean =>
  !['replay', 'ips', 'snips', 'clipped-ips', 'sg-ips'].includes(name);

/** Whether it needs propensities. */
export const isWeighted = (name: EstimatorName): boolean => name !== 'dm';

const rootOfRounds = ({ weights }: Sample): number => Math.sqrt(weights.length);

/** √(2·ln(1/δ)/(3·Σw²)), at most 1, with δ = 0.05: the bias and the variance of the transformed weights then balance. */
function subgaussianLambda({ weights }: Sample): number {
  const sum = weights.reduce((total, w) => total + w, 0);
  const squares = (sum * sum) / effectiveSampleSize(weights);
  return Math.min(1, Math.sqrt((2 * Math.log(1 / 0.05)) / (3 * squares)));
}
