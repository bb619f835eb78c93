/** The answer's ranking: the chosen arm, then the others by utility (the order to fall back in), then who could not be chosen. */
import { brief } from './brief.js';
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
  const ranked = fallbackOrder(eligible, predictions.utility, chosen).map((i) =>
    describe(view, predictions, eligible[i], chances[i], undefined),
  );
  if (eligible.length === reasons.length) return ranked;
  for (let arm = 0; arm < reasons.length; arm++) {
    if (reasons[arm] !== undefined) ranked.push(describe(view, predictions, arm, 0, reasons[arm]));
  }
  return ranked;
}

/**
 * Places in `eligible`: the chosen arm's, then the others' by falling utility, the earlier arm first among equals. By
 * insertion: for the few candidates there are, the language's own sort takes longer, and some 300 bytes each time.
 */
function fallbackOrder(eligible: readonly number[], utility: Float64Array, chosen: number): number[] {
  const order: number[] = [];
  for (let i = 0; i < eligible.length; i++) {
    const value = eligible[i] === chosen ? Infinity : utility[eligible[i]];
    let at = i;
    for (; at > 0; at--) {
      const before = eligible[order[at - 1]];
      if (before === chosen || utility[before] >= value) break;
      order[at] = order[at - 1];
    }
    order[at] = i;
  }
  return order;
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
    if (known[m]) expected[router.metricNames[m]] = brief(means[m * router.arms.length + arm]);
  }
  const ranked: RankedArm = {
    arm: router.arms[arm],
    probability,
    expected,
    utility: brief(utility[arm]),
    deviation: brief(deviation[arm]),
  };
  if (excluded !== undefined) ranked.excluded = excluded;
  return ranked;
}
