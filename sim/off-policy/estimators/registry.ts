/**
 * Every estimator by name, what it needs, and by what it is biased.
 *
 * Those that change large weights have a λ, which nobody has to tune. Clipping at √n is Ionides 2008's rule, the λ of the
 * subgaussian weights that of Metelli et al. 2021. For the other two the authors search the log for the λ of the least
 * estimated or bounded squared error (Wang et al. 2017, SWITCH; Su et al. 2020, DRos); that is not done here, for what looks
 * least biased on one log hardly corrects the model. The rules here are ours: √n is where SWITCH leaves a round to the model,
 * and where shrinkage halves a weight, by λ = n. As w − nw/(w² + n) = w³/(w² + n) ≤ w³/n, its bias falls with n and the
 * standard error with √n. Over the 100 random policies of `test/statistical/off-policy.test.ts` its 95 % intervals held the
 * truth 94 times; with the λ of the least error, its bias estimated by mean((ŵ − w)(r − q̂)), 16 times, and 76 with a standard
 * error more of bias; with λ = w_max² 77 times. Their mean squared errors were 3.3, 2.7, 3.1 and 3.1 · 10⁻⁴.
 */
import { effectiveSampleSize } from '../effective-sample-size.js';
import { directMethod } from './direct-method.js';
import { doublyRobust } from './doubly-robust.js';
import { ips } from './ips.js';
import { selfNormalisedDoublyRobust } from './self-normalised-doubly-robust.js';
import { snips } from './snips.js';
import type { Sample, Terms } from './terms.js';
import { clipped, shrunk, subgaussian, switched } from './weights.js';

export type EstimatorName = keyof typeof estimators | 'replay';

/** What is made of the weights, length n, by those that take bias for less variance. */
const changed = {
  dros: (weights) => shrunk(weights, weights.length),
  'clipped-ips': (weights) => clipped(weights, Math.sqrt(weights.length)),
  'switch-dr': (weights) => switched(weights, Math.sqrt(weights.length)),
  'sg-ips': (weights) => subgaussian(weights, subgaussianLambda(weights)),
  'sg-dr': (weights) => subgaussian(weights, subgaussianLambda(weights)),
} satisfies Record<string, (weights: Float64Array) => Float64Array>;

/** All but replay, which needs more than a sample: it draws. */
export const estimators = {
  ips,
  snips,
  dm: directMethod,
  dr: (sample) => doublyRobust(sample),
  dros: (sample) => doublyRobust(sample, changed.dros(sample.weights)),
  sndr: selfNormalisedDoublyRobust,
  'clipped-ips': (sample) => ips({ ...sample, weights: changed['clipped-ips'](sample.weights) }),
  'switch-dr': (sample) => doublyRobust(sample, changed['switch-dr'](sample.weights)),
  'sg-ips': (sample) => ips({ ...sample, weights: changed['sg-ips'](sample.weights) }),
  'sg-dr': (sample) => doublyRobust(sample, changed['sg-dr'](sample.weights)),
} satisfies Record<string, (sample: Sample) => Terms>;

export const estimatorNames = ['replay', ...Object.keys(estimators)] as readonly EstimatorName[];
/** Those that are shown unless others are asked for. */
export const usualEstimators: readonly EstimatorName[] = ['replay', 'ips', 'snips', 'dm', 'dr', 'dros'];

/** Whether it needs a model of the outcomes. */
export const isModelled = (name: EstimatorName): boolean =>
  !['replay', 'ips', 'snips', 'clipped-ips', 'sg-ips'].includes(name);

/** Whether it needs propensities. */
export const isWeighted = (name: EstimatorName): boolean => name !== 'dm';

/**
 * By what an estimator is biased by design, which no interval of it holds; undefined for those that are not, or by no more
 * than the 1/n of a ratio.
 */
export function biasOf(name: EstimatorName): string | undefined {
  if (name === 'dm') return 'what its outcome model may be wrong by';
  return isChanged(name) ? 'the bias of making large weights smaller' : undefined;
}

/** The weights ŵ that an estimator makes of w where it makes them smaller and leaves what they lose to the outcome model alone. */
export const weightsBesideModel = (name: EstimatorName, weights: Float64Array): Float64Array | undefined =>
  isModelled(name) && isChanged(name) ? changed[name](weights) : undefined;

const isChanged = (name: EstimatorName): name is keyof typeof changed => name in changed;

/** √(2·ln(1/δ)/(3·Σw²)), at most 1, with δ = 0.05: the bias and the variance of the transformed weights then balance. */
function subgaussianLambda(weights: Float64Array): number {
  const sum = weights.reduce((total, w) => total + w, 0);
  const squares = (sum * sum) / effectiveSampleSize(weights);
  return Math.min(1, Math.sqrt((2 * Math.log(1 / 0.05)) / (3 * squares)));
}
