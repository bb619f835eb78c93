/** Small worlds in which spending buys quality, to play budgets in: the arms, their cost, and how good each is for a request. */
import { allowanceOf, charge, openBudget, priceOf, settle, type BudgetState } from '../../../src/routing/budget.js';
import type { Budget } from '../../../src/routing/spec.js';

export type Random = () => number;

/** mulberry32. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const gaussian = (random: Random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

export interface World {
  /** Mean spend of each arm, where the ceiling of a request is 1; the first arm is the cheapest. */
  readonly spends: readonly number[];
  /** Quality of each arm for one request, drawn. */
  readonly qualities: (random: Random) => number[];
}

/** Each world has arms on both sides of the ceiling; `h` is how hard the request is. */
export const worlds: Readonly<Record<string, World>> = {
  'a 400-fold price range': {
    spends: [0.05, 1, 20],
    qualities: (random) => {
      const h = random();
      return [0.8 - 0.5 * h, 0.9 - 0.35 * h, 0.95 - 0.2 * h];
    },
  },
  'eight arms': {
    spends: [0.1, 0.3, 0.7, 1.2, 2, 4, 9, 30],
    qualities: (random) => {
      const h = random();
      const base = [0.5, 0.55, 0.62, 0.68, 0.72, 0.75, 0.78, 0.8];
      return base.map((q, i) => q - (0.5 - 0.05 * i) * h + 0.05 * gaussian(random));
    },
  },
  'two arms, far apart on hard requests': {
    spends: [0.2, 3],
    qualities: (random) => {
      const h = random();
      return [0.9 - 0.6 * h * h, 0.92 - 0.1 * h];
    },
  },
  'two arms close to the ceiling': {
    spends: [0.9, 1.1],
    qualities: (random) => [0.7, 0.7 + 0.2 * random()],
  },
};

/** The arm with the largest quality − price·spend among those allowed. */
function best(qualities: readonly number[], spends: readonly number[], price: number, allowance: number): number {
  let chosen = 0;
  for (let i = 1; i < spends.length; i++) {
    if (spends[i] > allowance) continue;
    if (qualities[i] - price * spends[i] > qualities[chosen] - price * spends[chosen]) chosen = i;
  }
  return chosen;
}

/** Mean quality under the best fixed price in hindsight that spends at most 1 per request. */
export function hindsight(world: World, seed: number): number {
  const random = seeded(seed);
  const requests = Array.from({ length: 4000 }, () => world.qualities(random));
  const under = (price: number) => {
    const chosen = requests.map((qualities) => best(qualities, world.spends, price, Infinity));
    const mean = (value: (request: number) => number) =>
      chosen.reduce((sum, _, k) => sum + value(k), 0) / requests.length;
    return { quality: mean((k) => requests[k][chosen[k]]), spend: mean((k) => world.spends[chosen[k]]) };
  };
  let [low, high] = [0, 100];
  for (let k = 0; k < 40; k++) {
    const middle = (low + high) / 2;
    if (under(middle).spend > 1) low = middle;
    else high = middle;
  }
  return under(high).quality;
}

export interface Play {
  readonly requests: number;
  readonly seed: number;
  /** What beliefs expect is this times what is true. */
  readonly bias?: number;
  /** Milliseconds to the next request, given the hours since the start. */
  readonly gapMs?: (hours: number) => number;
}

/** Plays a stream against one budget; bills scatter around the mean and come late and shuffled. */
export function play(world: World, budget: Budget, { requests, seed, bias = 1, gapMs = () => 1000 }: Play) {
  const random = seeded(seed);
  const opened = 1_700_000_000_000;
  let now = opened;
  let state: BudgetState = openBudget(budget, now);
  let [spent, quality] = [0, 0];
  const open: number[] = [];
  const expected = world.spends.map((spend) => spend * bias);
  for (let k = 0; k < requests; k++) {
    now += -Math.log(1 - random()) * gapMs((now - opened) / 3_600_000);
    const qualities = world.qualities(random);
    const arm = best(qualities, expected, priceOf(budget, state), allowanceOf(budget, state, now));
    state = charge(budget, state, expected[arm], now);
    const bill = world.spends[arm] * Math.exp(0.7 * gaussian(random) - 0.245);
    spent += bill;
    quality += qualities[arm];
    open.push(bill - expected[arm]);
    if (open.length > 50) {
      const [difference] = open.splice(Math.floor(random() * open.length), 1);
      state = settle(budget, state, difference);
    }
  }
  return {
    meanSpend: spent / requests,
    meanQuality: quality / requests,
    spent,
    hours: (now - opened) / 3_600_000,
    state,
  };
}
