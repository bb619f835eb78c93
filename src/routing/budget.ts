/**
 * Keeps the mean spend of a router within a ceiling while using what quality pays for.
 *
 * Two controls over the spend s that is expected of each decision, in the unit of the budget's metric:
 *
 *   price    p ← max(0, p + η·(s/c − 1)),  λ = p/c      utility of an arm falls by λ·(its expected spend)
 *   bucket   ℓ ← min(n·c, ℓ + a) − s                    an arm that is expected to spend more than ℓ has to wait
 *
 * c is the ceiling of one request and a what a request adds to the bucket. The slow price finds the trade-off at which
 * the budget is just used (the dual variable of the constraint; Balseiro & Gur 2019, "Learning in repeated auctions with
 * budgets", section 3, adaptive pacing); the bucket makes the ceiling hold meanwhile. A budget per request has c given and a = c.
 * A budget per time refills a = rate·Δt, and c = rate·(mean Δt) is what a request may cost at the present traffic.
 *
 * Spend is what the beliefs expect, for a decision cannot wait for its bill; when the bill comes the difference is settled.
 */
import { durationMs } from './duration.js';
import type { Budget } from './spec.js';

/** η: accuracy points that the price per ceiling moves when a request spends twice its ceiling. */
export const priceStep = 0.0015;
/** n: requests' worth that a full bucket holds. */
export const bucketRequests = 60;
/** One request moves the price by at most this many steps, however dear it was. */
const mostSteps = 10;
/** Share of a full bucket that a new budget starts with: a little, for the mean must hold from the start. */
const openingShare = 0.05;
/** The mean time between requests is taken over about this many. */
const trafficMemory = 100;
/** A bucket per time holds at most this share of its period, so that no burst takes all of it. */
const bucketShareOfPeriod = 1 / 24;

/** Plain numbers, so that it can be stored as JSON and come back the same. */
export interface BudgetState {
  /** p ≥ 0, in accuracy points per ceiling. */
  readonly price: number;
  /** ℓ, in the metric's unit; below 0 after spending that nobody foresaw. */
  readonly level: number;
  /** Milliseconds since 1970 of the last decision. */
  readonly at: number;
  /** Mean milliseconds between decisions; 0 before the second. */
  readonly interval: number;
  /** Decisions made, and what they were expected to spend and turned out to: never reset, summed over replicas. */
  readonly requests: number;
  readonly spent: number;
}

export function openBudget(budget: Budget, now: number): BudgetState {
  const state = { price: 0, level: 0, at: now, interval: 0, requests: 0, spent: 0 };
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

/** After a decision. @param expected spend ≥ 0 of the chosen arm, in the metric's unit */
export function charge(budget: Budget, state: BudgetState, expected: number, now: number): BudgetState {
  const at = Math.max(state.at, now);
  const interval = nextInterval(state, at);
  const ceiling = ceilingOf(budget, { ...state, interval });
  return {
    price: ceiling > 0 ? moved(state.price, expected / ceiling - 1) : state.price,
    level: allowanceOf(budget, state, now) - expected,
    at,
    interval,
    requests: state.requests + 1,
    spent: state.spent + expected,
  };
}

/** When the bill comes. @param difference what was spent less what was expected; may be negative, late and in any order */
export function settle(budget: Budget, state: BudgetState, difference: number): BudgetState {
  const ceiling = ceilingOf(budget, state);
  return {
    ...state,
    price: ceiling > 0 ? moved(state.price, difference / ceiling) : state.price,
    level: Math.min(capacity(budget, state), state.level - difference),
    spent: state.spent + difference,
  };
}

/** c: what one request may spend, in the metric's unit; 0 while the traffic of a budget per time is not known. */
export function ceilingOf(budget: Budget, { interval }: Pick<BudgetState, 'interval'>): number {
  return 'per_request' in budget ? budget.per_request : rateOf(budget) * interval;
}

const rateOf = (budget: Extract<Budget, { limit: number }>): number => budget.limit / durationMs(budget.per);

function capacity(budget: Budget, state: Pick<BudgetState, 'interval'>): number {
  if ('per_request' in budget) return bucketRequests * budget.per_request;
  return Math.max(bucketShareOfPeriod * budget.limit, ceilingOf(budget, state));
}

function refill(budget: Budget, state: BudgetState, now: number): number {
  return 'per_request' in budget ? budget.per_request : rateOf(budget) * Math.max(0, now - state.at);
}

function moved(price: number, excess: number): number {
  return Math.max(0, price + priceStep * Math.max(-mostSteps, Math.min(mostSteps, excess)));
}

/** The first intervals weigh fully, so that the mean settles at once and drifts slowly. */
function nextInterval({ requests, interval, at: before }: BudgetState, at: number): number {
  if (requests === 0) return 0;
  return interval + (at - before - interval) / Math.min(requests, trafficMemory);
}
