/**
 * How replicas keep one budget together. Each paces by itself, with a price and a bucket of its own, and a request grants
 * where it is made (`budget.ts`). Now and then they look at one another, and
 *
 *   price    pᵢ ← pᵢ + ½(p̄ − pᵢ)              p̄: mean price, weighed by the requests since the last look
 *   bucket   what i has beyond its part of Σℓ, half of it, is given to those who have less, in proportion to their lack
 *
 * A gift is taken from the giver's bucket before anybody hears of it and added where it is heard of, once, so that
 * nothing is spent twice whatever is slow, repeated or dead: the mean spend of N replicas is within the ceiling and N
 * buckets, as that of one is within the ceiling and one. What is given to a replica that dies is lost. A part is 1/N
 * under a budget per request; under one per time, whose time passes for all at once, refill, bucket and part are what the
 * replica's traffic is of all traffic.
 *
 * Tried before: every replica adds the requests and the spend of the others to its own price and bucket. Each of N then
 * spends one bucket and each pays it back. Over four simulated worlds and three replicas the spend was .67 to .98 of the
 * ceiling with 1,000 requests between looks, and prices drifted apart (by up to 1.7) with 10. As it is now it is .974 to
 * .986 whether there are 10 or 10,000 requests between looks, evenly, mostly or by kind split over three or eight
 * replicas, with the quality of one replica less .005 (less .03 where all hard requests go to one and 100 or more
 * requests lie between looks).
 */
import { allowanceOf, capacity, trafficAt, type BudgetState } from './budget.js';
import type { Budget } from './spec.js';

/** The part of a difference that one look evens out: two that look at once must not change places. */
const evenedOut = 0.5;
/** Gifts of less than this part of a bucket are not worth telling of. */
const leastGift = 0.01;

/** How a budget stands at another replica, as it told of it last. */
export interface Standing {
  readonly price: number;
  readonly level: number;
  readonly traffic: number;
  /** Decisions made there since the last look. */
  readonly recent: number;
}

export interface Pooled {
  readonly state: BudgetState;
  /** What is given to each of the others, ≥ 0, in the metric's unit. */
  readonly gifts: readonly number[];
}

export interface Look {
  /** Every other replica that is alive. */
  readonly others: readonly Standing[];
  /** Decisions made here since the last look. */
  readonly recent: number;
  /** Gifts that were heard of since the last look, in the metric's unit. */
  readonly received: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** How a budget stands here after a look at the others. @throws RangeError when a number is not finite */
export function pool(budget: Budget, state: BudgetState, look: Look): Pooled {
  assertFinite(look);
  const { others, received } = look;
  const present = brought(budget, state, look);
  const full = capacity(budget, present);
  const level = Math.min(full, present.level + received);
  const gifts = giftsOf(budget, { ...present, level }, others, full);
  const given = gifts.reduce((sum, gift) => sum + gift, 0);
  return { state: { ...present, price: agreed(present.price, look), level: level - given }, gifts };
}

/** A replica that joins others: at their price, with nothing in its bucket until it earns it or is given it. */
export function joined(known: BudgetState, now: number): BudgetState {
  const { price, opened, traffic, others, replicas } = known;
  return {
    price,
    level: 0,
    opened,
    at: now,
    traffic: 0,
    others: traffic + others,
    replicas: replicas + 1,
    requests: 0,
    spent: 0,
  };
}

/**
 * One that takes the place of a replica which ended without a word. Between its last word and its end that may have
 * spent what was in its bucket, and no more; so the bucket counts as spent, and a debt stays one.
 */
export function succeeded(gone: BudgetState, now: number): BudgetState {
  return { ...gone, level: Math.min(0, gone.level), at: now, requests: 0, spent: 0 };
}

/**
 * One that goes on in the place of another as well as in its own.
 * @param left what the other left in its bucket, or its debt, in the metric's unit
 */
export function inherited(budget: Budget, state: BudgetState, left: number): BudgetState {
  return { ...state, level: Math.min(capacity(budget, state), state.level + left) };
}

/** The state at this moment, with what is known of the others. */
function brought(budget: Budget, state: BudgetState, { others, now }: Look): BudgetState {
  const replicas = others.length + 1;
  if ('per_request' in budget) return { ...state, replicas };
  const at = Math.max(state.at, now);
  const elsewhere = others.reduce((sum, { traffic }) => sum + traffic, 0);
  const { traffic } = trafficAt(budget, state, at);
  return { ...state, level: allowanceOf(budget, state, at), at, traffic, others: elsewhere, replicas };
}

function agreed(price: number, { others, recent }: Look): number {
  const total = others.reduce((sum, other) => sum + other.recent, recent);
  if (total === 0) return price;
  const mean = others.reduce((sum, other) => sum + other.recent * other.price, recent * price) / total;
  return price + evenedOut * (mean - price);
}

function giftsOf(budget: Budget, state: BudgetState, others: readonly Standing[], full: number): number[] {
  const everything = others.reduce((sum, { level }) => sum + level, state.level);
  const traffic = state.traffic + others.reduce((sum, other) => sum + other.traffic, 0);
  const replicas = others.length + 1;
  const part = (of: { readonly traffic: number }): number =>
    'per_request' in budget ? 1 / replicas : (of.traffic + 1) / (traffic + replicas);
  const lacks = others.map((other) => Math.max(0, part(other) * everything - other.level));
  const lack = lacks.reduce((sum, each) => sum + each, 0);
  const spare = Math.min(state.level, evenedOut * Math.min(lack, state.level - part(state) * everything));
  if (!(spare >= leastGift * full) || lack === 0) return others.map(() => 0);
  return lacks.map((each) => spare * (each / lack));
}

function assertFinite({ others, recent, received, now }: Look): void {
  const numbers = [
    recent,
    received,
    now,
    ...others.flatMap((other) => [other.price, other.level, other.traffic, other.recent]),
  ];
  if (!numbers.every(Number.isFinite))
    throw new RangeError(`how budgets stand must be finite, got ${numbers.join(', ')}`);
}
