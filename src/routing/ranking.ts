/** The answer's ranking: the chosen arm, then the others by utility (the order to fall back in), then who could not be chosen. */
import type { CandidateAnswer } from './candidates.js';
import type { Predictions } from './predict.js';
import type { RankedArm } from './request.js';
import type { View } from './view.js';

/** @param chances probability of each eligible arm, in the order of `eligible` */
export function rank(
  view: View,
  predictions: Predictions,
  { eligible, reasons }: CandidateAnswer,
  chances: Float64Array,
  chosen: number,
): RankedArm[] {
  const { utility } = predictions;
  const ranked = eligible.map((arm, i) => describe(view, predictions, arm, chances[i], undefined));
  const place = new Map(eligible.map((arm, i) => [ranked[i], arm]));
  ranked.sort((a, b) => {
    const [armA, armB] = [place.get(a)!, place.get(b)!];
    if (armA === chosen) return -1;
    if (armB === chosen) return 1;
    return utility[armB] - utility[armA] || armA - armB;
  });
  for (let arm = 0; arm < reasons.length; arm++) {
    if (reasons[arm] !== undefined) ranked.push(describe(view, predictions, arm, 0, reasons[arm]));
  }
  return ranked;
}

function describe(
  { router, known }: View,
  { means, utility, deviation }: Predictions,
  arm: number,
  probability: number,
  excluded: string | undefined,
): RankedArm {
  const expected: Record<string, number> = {};
  for (let m = 0; m < known.length; m++) {
    if (known[m]) expected[router.metricNames[m]] = means[m * router.arms.length + arm];
  }
  const ranked: RankedArm = {
    arm: router.arms[arm],
    probability,
    expected,
    utility: utility[arm],
    deviation: deviation[arm],
  };
  if (excluded !== undefined) ranked.excluded = excluded;
  return ranked;
}
