import type { Candidates } from '../../../policies/policy.js';

/** Candidates named a0, a1, … with silent profiles and no energy budget, unless `rest` says otherwise. */
export function candidatesOf(
  mean: readonly number[],
  deviation: readonly number[],
  rest: Partial<Candidates> = {},
): Candidates {
  const silent = () => new Float64Array(mean.length).fill(NaN);
  return {
    arms: mean.map((_, i) => `a${i}`),
    mean: Float64Array.from(mean),
    deviation: Float64Array.from(deviation),
    outcomes: 100,
    profile: { accuracy: silent(), energy: silent() },
    energyBudget: Infinity,
    ...rest,
  };
}
