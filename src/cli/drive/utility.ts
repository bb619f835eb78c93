/** What an outcome is worth under an objective. */
import type { Objective } from '../../routing/spec.js';
import { tableMetrics, type Outcomes, type TableMetric } from '../../../sim/table/table.js';
import { Failure } from '../failures.js';

/** Weights for metrics that a table knows, none of them 0; in accuracy points per unit. */
export type Weights = readonly (readonly [metric: TableMetric, weight: number])[];

/** @throws Failure when the objective weighs a metric that no table has */
export function weightsOf(objective: Objective): Weights {
  return Object.entries(objective)
    .filter(([, weight]) => weight !== 0)
    .map(([metric, weight]) => {
      const known = tableMetrics.find((name) => name === metric);
      if (known === undefined)
        throw new Failure(`a table knows ${tableMetrics.join(', ')}; the objective weighs "${metric}"`);
      return [known, weight] as const;
    });
}

/**
 * Σ weight · outcome for every model.
 * @returns length = number of models, in accuracy points; NaN where a weighed metric is not known
 */
export function utilities(weights: Weights, outcomes: Outcomes): Float64Array {
  const sums = new Float64Array(outcomes.accuracy.length);
  for (const [metric, weight] of weights) {
    const values = outcomes[metric];
    for (let model = 0; model < sums.length; model++) sums[model]! += weight * (values?.[model] ?? NaN);
  }
  return sums;
}
