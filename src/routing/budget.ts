/**
 * Keeps the mean spend of a router within a ceiling while using what quality pays for.
 *
 * Two controls over the spend s that is expected of each decision, in the unit of the budget's metric:
 *
 *   price    p ← p + η·((s − a)/c + κ·pull(ℓ/L)),  λ = p/c    utility of an arm falls by λ·(its expected spend)
 *   bucket   ℓ ← min(L, ℓ + a) − s                            an arm that is expected to spend more than ℓ has to wait
 *
 * c is the ceiling of one request, a what a request adds to the bucket, L what the bucket holds. The slow price finds
 * the trade-off at which the budget is just used (the dual variable of the constraint; Balseiro and Gur 2019, "Learning
 * in repeated auctions with budgets", section 3, adaptive pacing); the bucket makes the ceiling hold meanwhile.
 *
 * The pull κ towards a bucket filled to the share ρ is what lets the price arrive. An empty bucket rations: dear arms are then
 * served first come, first served, spend is c on average whatever the price, and a price that looks at spend alone
 * stays where it is. Over four simulated worlds it stood at 3 to 30 % of the optimum and cost up to 0.06 of accuracy;
 * with κ > 0 the loss against the best price in hindsight is below 0.005 over 20,000 requests (0.017 with two arms
 * close to the ceiling, where spend is quality), and the mean spend 0.96 to 0.98 of the ceiling even where the expected spend is wrong by 40 %.
 *
 * pull(f) is (ρ − f)/ρ below the resting share ρ and (ρ − f)/(1 − ρ) above it. Why ρ = 0.85, L of 50 requests and
 * a = 0.99·c: when dear arms become cheap for a while, the bucket fills; when they are dear again it is handed out. With
 * ρ = ½ and L of 60 a phase of 600 requests then spent 1.06 of its ceiling, now 1.02. A bucket that rests near full also
 * seldom rations: on `val` of ParetoBandit's table (three models), after learning on every other prompt the rest earned .9036
 * instead of .9025 (mean of six budgets, eight orders). What overflows is not spent: 2 to 4 % of the ceiling. Spend scatters by what one
 * dear request costs, so an aim at c itself would end above it every other time.
 *
 * A budget per request has c given and a = 0.99·c. A budget per time refills a = 0.99·rate·Δt, and c = rate·(mean time
 * between requests over about the last period) is what a request may cost at that traffic.
 *
 * Spend is what the beliefs expect, for a decision cannot wait for its bill; when the bill comes the difference is
 * settled, in any order.
 */
import { durationMs } from './duration.js';
import type { Budget } from './spec.js';

/** η: accuracy points that the price per ceiling moves when a request spends twice its ceiling. */
export const priceStep = 0.0015;
/** κ: an empty bucket moves the price as a request does that spends κ more than its ceiling. */
const levelPull = 0.5;
/** ρ: the share of a full bucket that the price steers to. */
export const restingShare = 0.85;
/** The same under a budget per time, which needs room for what flows in while nobody asks. */
const restingShareOfTime = 0.5;
/** a/c: what is spent of the ceiling on average. */
export const aim = 0.99;
/** Requests' worth that a full bucket holds. */
export const bucketRequests = 50;
/** One request moves the price by at most this many steps, however dear it was. */
const mostSteps = 10;
/** The price goes no higher, so that a budget that no arm can keep does not wind it up for ever. */
const highestPrice = 5;
/** Share of a full bucket that a new budget starts with: a little, for the mean must hold from the start. */
const openingShare = 0.05;
/** All that the pacing of a budget per request depends on, for results to tell. */
export const pacing = {
  priceStep,
  levelPull,
  mostSteps,
  highestPrice,
  bucketRequests,
  restingShare,
  openingShare,
  aim,
} as const;
/**
 * A bucket per time holds at least the first share of its limit, and where that is less than 50 requests' worth, up to
 * the second: no period spends more than its limit and one bucket.
 */
const leastBucket = 1 / 24;
const mostBucket = 1 / 2;
/** Traffic is not judged over less than this share of the period: a burst at the start says little. */
const leastShareOfPeriod = 1 / 1000;

/** Plain finite numbers, so that it can be stored as JSON and come back the same. */
export interface BudgetState {
  /** p in [0, 5], in accuracy points per ceiling. */
  readonly price: number;
  /** ℓ, in the metric's unit; below 0 after spending that nobody foresaw. */
  readonly level: number;
  /** Milliseconds since 1970: when the budget was opened, and its last decision. */
  readonly opened: number;
  readonly at: number;
  /** Decisions, each weighed e^(−age/period) at the time of the last: the traffic of a budget per time. */
  readonly traffic: number;
  /** The same of all other replicas together, and how many replicas there are, this one included. */
  readonly others: number;
  readonly replicas: number;
  /** Decisions made here, and what they were expected to spend and turned out to. */
  readonly requests: number;
  readonly spent: number;
}

/** @param now milliseconds since 1970 */
export function openBudget(budget: Budget, now: number): BudgetState {
  const state = { price: 0, level: 0, opened: now, at: now, traffic: 0, others: 0, replicas: 1, requests: 0, spent: 0 };
  return { ...state, level: openingShare * capacity(budget, state) };
}

/** λ ≥ 0: accuracy points per unit of the metric. */
export function priceOf(budget: Budget, state: BudgetState): number {
  const ceiling = ceilingOf(budget, state);
  return ceiling > 0 ? state.price / ceiling : 0;
}

/** ℓ at this moment, the coming request's share included: what it may spend. */
export function allowanceOf(budget: Budget, state: BudgetState, now: number): number {
  return Math.min(capacity(budget, state), state.level + refill(budget, state, now));
}

/**
 * After a decision.
 * @param expected spend ≥ 0 of the chosen arm, in the metric's unit
 * @throws RangeError when it is negative or not finite
 */
export function charge(budget: Budget, state: BudgetState, expected: number, now: number): BudgetState {
  if (!(expected >= 0 && expected < Infinity)) {
    throw new RangeError(`expected spend must be finite and at least 0, got ${expected}`);
  }
  const at = Math.max(state.at, now);
  const { traffic, others } = trafficAt(budget, state, at);
  const next = { ...state, at, traffic: traffic + 1, others };
  const allowance = allowanceOf(budget, state, now);
  const added = refill(budget, state, now);
  const pull = levelPull * pullOf(budget, Math.max(0, allowance) / capacity(budget, next));
  return {
    ...next,
    price: moved(state.price, (expected - added) / ceilingOf(budget, next) + pull),
    level: allowance - expected,
    requests: state.requests + 1,
    spent: state.spent + expected,
  };
}

/**
 * When the bill comes.
 * @param difference what was spent less what was expected; may be negative, late and in any order
 * @throws RangeError when it is not finite
 */
export function settle(budget: Budget, state: BudgetState, difference: number): BudgetState {
  if (!Number.isFinite(difference)) throw new RangeError(`the difference in spend must be finite, got ${difference}`);
  const ceiling = ceilingOf(budget, state);
  return {
    ...state,
    price: ceiling > 0 ? moved(state.price, difference / ceiling) : state.price,
    level: Math.min(capacity(budget, state), state.level - difference),
    spent: state.spent + difference,
  };
}

/** c: what one request may spend, in the metric's unit; 0 before the first decision under a budget per time. */
export function ceilingOf(budget: Budget, state: Pick<BudgetState, 'opened' | 'at' | 'traffic' | 'others'>): number {
  if ('per_request' in budget) return budget.per_request;
  const traffic = state.traffic + state.others;
  if (traffic === 0) return 0;
  // N decisions in the last T of an exponential memory τ are N/(τ·(1 − e^(−T/τ))) per unit of time.
  const periods = Math.max(leastShareOfPeriod, (state.at - state.opened) / durationMs(budget.per));
  return (budget.limit * -Math.expm1(-periods)) / traffic;
}

/** What this replica may have of a budget per time, in (0, 1]: its share of the traffic, as far as that is known. */
const shareOf = ({ traffic, others, replicas }: Pick<BudgetState, 'traffic' | 'others' | 'replicas'>): number =>
  (traffic + 1) / (traffic + others + replicas);

/** From 1 for an empty bucket through 0 at the resting share to −1 for a full one. @param fill ℓ/L */
function pullOf(budget: Budget, fill: number): number {
  const rest = 'per_request' in budget ? restingShare : restingShareOfTime;
  return (rest - fill) / (fill < rest ? rest : 1 - rest);
}

/** Traffic here and elsewhere as it counts at a later time. */
export function trafficAt(
  budget: Budget,
  { traffic, others, at: before }: BudgetState,
  at: number,
): Pick<BudgetState, 'traffic' | 'others'> {
  if ('per_request' in budget) return { traffic, others };
  const kept = Math.exp((before - at) / durationMs(budget.per));
  return { traffic: traffic * kept, others: others * kept };
}

/** L: what the bucket of this replica holds. */
export function capacity(
  budget: Budget,
  state: Pick<BudgetState, 'opened' | 'at' | 'traffic' | 'others' | 'replicas'>,
): number {
  if ('per_request' in budget) return bucketRequests * budget.per_request;
  const wanted = bucketRequests * ceilingOf(budget, state);
  return shareOf(state) * Math.max(leastBucket * budget.limit, Math.min(mostBucket * budget.limit, wanted));
}

function refill(budget: Budget, state: BudgetState, now: number): number {
  if ('per_request' in budget) return aim * budget.per_request;
  const rate = (aim * budget.limit) / durationMs(budget.per);
  return shareOf(state) * rate * Math.max(0, now - state.at);
}

function moved(price: number, excess: number): number {
  const step = priceStep * Math.max(-mostSteps, Math.min(mostSteps, excess));
  return Math.max(0, Math.min(highestPrice, price + step));
}
