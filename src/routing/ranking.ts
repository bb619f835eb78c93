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
  const probability = new Float64Array(view.router.arms.length);
  for (let i = 0; i < eligible.length; i++) probability[eligible[i]] = chances[i];
  const order = eligible.slice().sort((a, b) => {
    if (a === chosen) return -1;
    if (b === chosen) return 1;
    return utility[b] - utility[a] || a - b;
  });
  const ranked = order.map((arm) => describe(view, predictions, arm, probability[arm], undefined));
  if (eligible.length === reasons.length) return ranked;
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
