/** Why a log can't answer a question: said in place of a number that would look like an answer. */
import { standardError } from './intervals/normal.js';
import { mean } from './estimators/terms.js';
import type { LogFacts, Played } from './columns.js';
import { effectiveSampleSize } from './effective-sample-size.js';
import { isModelled, isWeighted, type EstimatorName } from './estimators/registry.js';

/** Rounds of the target's own that the weighted log must be worth, for an interval to mean what it says. */
export const leastEffectiveSample = 50;
/** Mean probability that the target may give to arms of which the log can say nothing. */
const mostUnsupported = 0.01;
/** Where propensities are right and arms supported, weights are 1 on average: this far off, and by so many deviations, they aren't. */
const mostImbalance = 0.1;
const mostDeviations = 5;
/** About that of five deviations: what is less likely did not come by chance. */
const leastChance = 1e-6;

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
    weightFault(name, evidence)
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

function weightFault(name: EstimatorName, evidence: Evidence): string | undefined {
  if (!isWeighted(name)) return undefined;
  const { weights } = evidence.played;
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
