/** Why a log can't answer a question: said in place of a number that would look like an answer. */
import type { Interval } from './intervals/interval.js';
import { standardError } from './intervals/normal.js';
import { mean } from './estimators/terms.js';
import type { LogFacts, Played } from './columns.js';
import { effectiveSampleSize } from './effective-sample-size.js';
import { isModelled, isWeighted, weightsBesideModel, type EstimatorName } from './estimators/registry.js';

/**
 * Rounds of the target's own that the weighted log must be worth, for an interval to mean what it says; and rounds of an
 * arm, for a model of it to be more than a guess.
 */
export const leastEffectiveSample = 50;
/** Mean probability that the target may give to arms of which the log can say nothing. */
const mostUnsupported = 0.01;
/** Where propensities are right and arms supported, weights are 1 on average: this far off, and by so many deviations, they aren't. */
const mostImbalance = 0.1;
const mostDeviations = 5;
/** About that of five deviations: what is less likely did not come by chance. */
const leastChance = 1e-6;
/** Squares of larger numbers, summed over rounds, are none. */
const mostReckoned = 1e150;

export interface Evidence {
  readonly facts: LogFacts;
  readonly played: Played;
  readonly leastEffectiveSample: number;
}

/** @returns the reason in words; undefined where the log supports the estimate */
export function refusalOf(name: EstimatorName, evidence: Evidence): string | undefined {
  const { facts } = evidence;
  if (facts.used === 0) return 'no round has the outcomes that are valued';
  if (isModelled(name) && !facts.model) return 'the outcome model has too many arms and features to be fitted';
  return (
    (isWeighted(name) ? propensityFault(facts) : undefined) ??
    supportFault(name, evidence) ??
    weightFault(name, evidence) ??
    modelFault(name, evidence)
  );
}

function propensityFault({ missingPropensities: missing, zeroPropensities: zero, used }: LogFacts): string | undefined {
  if (missing.count > 0)
    return `${missing.count} of ${used} rounds don't say with which probability they chose (the first on line ${missing.line})`;
  if (zero.count > 0)
    return `${zero.count} of ${used} rounds chose an arm that had probability 0 (the first on line ${zero.line}): these are not the propensities that were drawn from`;
  return undefined;
}

function supportFault(name: EstimatorName, { played: { unlogged, unsupported } }: Evidence): string | undefined {
  if (unlogged > mostUnsupported)
    return `${percent(unlogged)} of the target's choices are arms that were never logged; the log says nothing of them`;
  // A model may carry what it learned of an arm from where the arm could be chosen to where it couldn't.
  if (unsupported > mostUnsupported && isWeighted(name))
    return `${percent(unsupported)} of the target's choices are arms that could not be chosen when the log was made`;
  return undefined;
}

/**
 * Where nothing corrects it, the model must have seen what it speaks of: an arm that was hardly logged it takes for an average
 * one, and nothing in the interval shows that.
 */
function modelFault(name: EstimatorName, { facts, played, leastEffectiveSample: least }: Evidence): string | undefined {
  const { arms, logged } = facts;
  const left = leftToModel(name, played, arms.length);
  const thin = arms.map((_, k) => k).filter((k) => left[k]! > 0 && logged[k]! < least);
  const share = thin.reduce((sum, k) => sum + left[k]!, 0);
  if (share <= mostUnsupported) return undefined;
  const first = thin.reduce((most, k) => (left[k]! > left[most]! ? k : most));
  const others = thin.length > 1 ? ` (and ${thin.length - 1} more such arms)` : '';
  return (
    `${percent(share)} of the target's choices are left to the outcome model for arms that it knows from fewer than ${least} rounds: ` +
    `"${arms[first]}" from ${logged[first]}${others}; log more of them, or ask about a target that chooses what was logged`
  );
}

/**
 * Which share of the target's choices of each arm an estimator leaves to the outcome model alone: all of it for the direct method; for
 * those that make weights smaller what the arm's rounds lose, Σ(w − ŵ)/n, as weights are 1 on average.
 */
function leftToModel(name: EstimatorName, { arms, weights, chosen }: Played, count: number): Float64Array {
  if (name === 'dm') return chosen;
  const left = new Float64Array(count);
  const smaller = weightsBesideModel(name, weights);
  smaller?.forEach((weight, i) => (left[arms[i]!]! += (weights[i]! - weight) / weights.length));
  return left;
}

/**
 * @param found   the value and the ends of its interval
 * @returns the reason, where one of them is no finite number
 */
export function endlessFault(found: Interval & { readonly value: number }, rewards: Float64Array): string | undefined {
  if (hasEnds(found)) return undefined;
  const most = rewards.reduce((size, reward) => Math.max(size, Math.abs(reward)), 0);
  return most > mostReckoned
    ? `outcomes as large as ${Number(most.toPrecision(2))} cannot be squared and summed; give what is valued in a larger unit`
    : 'too few rounds count for an interval that ends';
}

export const hasEnds = ({ value, low, high }: Interval & { readonly value: number }): boolean =>
  [value, low, high].every(Number.isFinite);

function weightFault(name: EstimatorName, evidence: Evidence): string | undefined {
  if (!isWeighted(name)) return undefined;
  const { weights, weightBound } = evidence.played;
  if (!(weightBound <= mostReckoned))
    return `a propensity of ${evidence.facts.leastPropensity} makes weights that cannot be reckoned with; no draw is that rare`;
  const size = effectiveSampleSize(weights);
  if (size === 0) return 'no overlap: the target never chooses what was logged';
  if (size < evidence.leastEffectiveSample)
    return `the weighted log is worth ${Number(size.toPrecision(2))} rounds of the target's own, fewer than ${evidence.leastEffectiveSample}`;
  const average = mean(weights);
  const imbalance = Math.abs(average - 1);
  if (imbalance > mostImbalance && imbalance > mostDeviations * standardError({ numerator: weights }))
    return `weights are ${Number(average.toPrecision(3))} on average where 1 is expected: ${rarity(average, evidence.played)}the propensities are wrong, or arms of the target could not be chosen`;
  return undefined;
}

/**
 * A choice that is logged seldom weighs much, and where none of those came by chance the weights that are there don't
 * show how much is missing. The sum of n weights from 0 to b, with mean 1 each, is below n·(1 − t) with a probability of
 * at most exp(−n·t²/(2b)), for their second moments are at most b (Maurer 2003, A bound on the deviation probability for
 * sums of non-negative random variables).
 */
function rarity(average: number, { weights, weightBound }: Played): string {
  const short = 1 - average;
  const byChance = short > 0 ? Math.exp((-weights.length * short * short) / (2 * weightBound)) : 0;
  if (byChance < leastChance) return '';
  const agreed = weights.reduce((count, weight) => count + (weight > 0 ? 1 : 0), 0);
  return (
    `what the target would choose was tried too rarely to tell (in ${agreed} of ${weights.length} rounds, where one may weigh ` +
    `up to ${Number(weightBound.toPrecision(3))}), `
  );
}

const percent = (share: number) => `${Number((100 * share).toPrecision(2))} %`;
