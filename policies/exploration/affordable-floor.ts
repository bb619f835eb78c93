/**
 * The floor under budgets. Trying an expensive candidate is paid for out of the same budget as useful work, so its
 * minimum yields where it costs too much, the most expensive first.
 *
 * The plain floor gives every candidate f = floor/n. Mixing minima m into the policy's own distribution p,
 *
 *   q = m + (1 − Σ m)·p,
 *
 * changes the expected spend of budget b by Σ m_i·(c_ib − S_b), with S_b = Σ p_i·c_ib the policy's own. With the excess
 * of candidate i as a share of what budget b allows for exploration, e_ib = max(0, c_ib − S_b)/allowance_b, and
 * e_i = max_b e_ib, the minima are
 *
 *   m_i = min(f, κ/e_i),    κ ≤ ∞ the largest with Σ_i m_i·e_ib ≤ 1 for every budget b.
 *
 * So κ is the share of the allowance that one candidate's exploration may use: candidates that stay below it keep the
 * plain floor, the more expensive ones are all cut to the same spend. A candidate no dearer than the policy's own choice never yields.
 */
import { checkDistribution, checkNonNegative } from './check.js';

/** What one budget says about exploration. */
export interface ExplorationBudget {
  /** c_b: expected spend of each candidate, length n, ≥ 0, in the budget's unit. */
  readonly expectedSpend: Float64Array;
  /** Expected spend per request that exploration may add to the policy's own, > 0 to explore at all, same unit. */
  readonly allowance: number;
}

/** e_ib of one budget; Infinity where nothing is allowed and something would be added. */
function excessOf(probabilities: Float64Array, { expectedSpend, allowance }: ExplorationBudget): Float64Array {
  if (expectedSpend.length !== probabilities.length) {
    throw new RangeError(`expectedSpend must have length ${probabilities.length}, got ${expectedSpend.length}`);
  }
  checkNonNegative('expectedSpend', expectedSpend);
  if (!(allowance >= 0)) throw new RangeError(`allowance must be at least 0, got ${allowance}`);
  let own = 0;
  for (let i = 0; i < probabilities.length; i++) own += probabilities[i] * expectedSpend[i];
  return expectedSpend.map((spend) => (spend > own ? (spend - own) / allowance : 0));
}

/**
 * The largest κ that one budget allows. Its use of the allowance, f·Σ_kept e_ib + κ·Σ_cut e_ib/e_i, is linear between
 * the bends κ = f·e_i at which a candidate passes from cut to kept; they are walked in rising order.
 * @param order  candidates with 0 < e_i < ∞ by rising e_i
 */
function kappaOf(f: number, order: readonly number[], worst: Float64Array, excess: Float64Array): number {
  let kept = 0;
  let cut = 0;
  for (const i of order) cut += excess[i] / worst[i];
  for (const i of order) {
    if (f * kept + f * worst[i] * cut > 1) return (1 - f * kept) / cut;
    kept += excess[i];
    cut -= excess[i] / worst[i];
  }
  return Infinity;
}

/**
 * Minimum probability of each candidate: at most floor/n, less where a budget could not pay for it.
 * @param probabilities  the policy's own distribution, length n
 * @param floor          share of the probability given out as minima where money is no object, in [0, 1]
 * @param budgets        any number; without one, every minimum is floor/n
 * @returns length n, entries in [0, floor/n]
 * @throws RangeError when lengths disagree or a number is out of its range
 */
export function affordableMinima(
  probabilities: Float64Array,
  floor: number,
  budgets: readonly ExplorationBudget[],
): Float64Array {
  checkDistribution('probabilities', probabilities);
  if (!(floor >= 0 && floor <= 1)) throw new RangeError(`floor must be between 0 and 1, got ${floor}`);
  const n = probabilities.length;
  const f = floor / n;
  const excesses = budgets.map((budget) => excessOf(probabilities, budget));
  const worst = new Float64Array(n);
  for (const excess of excesses) for (let i = 0; i < n; i++) worst[i] = Math.max(worst[i], excess[i]);
  const order = Array.from(worst.keys())
    .filter((i) => worst[i] > 0 && worst[i] < Infinity)
    .sort((a, b) => worst[a] - worst[b]);
  const kappa = Math.min(Infinity, ...excesses.map((excess) => kappaOf(f, order, worst, excess)));
  return worst.map((e) => (e === Infinity ? 0 : e * f <= kappa ? f : kappa / e));
}

/**
 * The policy's distribution with the affordable minima mixed in: q = m + (1 − Σ m)·p, so q_i ≥ m_i and the expected
 * spend of each budget rises by at most its allowance.
 * @returns a new distribution, length n
 * @throws RangeError as `affordableMinima`
 */
export function withAffordableFloor(
  probabilities: Float64Array,
  floor: number,
  budgets: readonly ExplorationBudget[],
): Float64Array {
  const minima = affordableMinima(probabilities, floor, budgets);
  let given = 0;
  for (let i = 0; i < minima.length; i++) given += minima[i];
  const rest = Math.max(0, 1 - given);
  return minima.map((minimum, i) => minimum + rest * probabilities[i]);
}
