/**
 * The objective: weight per metric, in accuracy points per unit. Utility is Σ_m weight_m · metric_m, applied to an
 * outcome (reward) or to predictions (expected utility).
 */
import type { Metric } from './metric.js';
import { didYouMean } from './nearest-name.js';
import type { FieldError } from './problem.js';
import type { Objective } from './spec.js';

/** Weights in the order of `metrics`, length = metrics.length. @param objective checked by `objectiveErrors` */
export function weightsOf(objective: Objective, metrics: readonly Metric[]): Float64Array {
  return Float64Array.from(metrics, (metric) => objective[metric.name] ?? 0);
}

/** What is wrong with an objective, in words; empty when it can be used. */
export function objectiveErrors(objective: Objective, metrics: readonly Metric[], pointer: string): FieldError[] {
  const known = metrics.map((metric) => metric.name);
  const errors: FieldError[] = [];
  for (const [name, weight] of Object.entries(objective)) {
    const at = `${pointer}/${name}`;
    if (!known.includes(name))
      errors.push({
        pointer: at,
        detail: `expected a metric of the router (${known.join(', ')}), got "${name}"${didYouMean(name, known)}`,
      });
    else if (!Number.isFinite(weight)) errors.push({ pointer: at, detail: `expected a finite weight, got ${weight}` });
  }
  if (!Object.values(objective).some((weight) => weight !== 0)) {
    errors.push({ pointer, detail: 'expected at least one weight that is not 0, such as {"accuracy": 1}' });
  }
  return errors;
}

/** Reward of an outcome: the objective applied to what was observed. Metrics that are missing count nothing. */
export function reward(objective: Objective, outcome: Readonly<Record<string, number>>): number {
  let sum = 0;
  for (const name in objective) sum += objective[name] * (outcome[name] ?? 0);
  return sum;
}
