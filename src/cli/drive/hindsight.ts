/** What could have been chosen if all outcomes had been known beforehand. */
import type { Survey } from './survey.js';
import type { Tally } from './tally.js';
import type { Weights } from './utility.js';

export interface Hindsight {
  /** Place of the best model for every request. */
  readonly fixed: number;
  /** Place of the best model for each task; '' for rows that name none. */
  readonly perTask: ReadonlyMap<string, number>;
}

/** Of equal models the first. */
export function hindsight({ overall, byTask }: Survey, weights: Weights, models: number): Hindsight {
  return {
    fixed: bestModel(overall, weights, models),
    perTask: new Map([...byTask].map(([task, tally]) => [task, bestModel(tally, weights, models)])),
  };
}

/** Mean utility of a model, as the weighted sum of its means. */
export const meanUtility = (tally: Tally, weights: Weights, model: number): number =>
  weights.reduce((sum, [metric, weight]) => sum + weight * (tally.mean(metric, model) ?? NaN), 0);

function bestModel(tally: Tally, weights: Weights, models: number): number {
  const means = Array.from({ length: models }, (_, model) => meanUtility(tally, weights, model));
  return means.reduce((best, mean, model) => (mean > means[best]! ? model : best), 0);
}
