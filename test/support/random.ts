/** A small seeded generator (a Weyl sequence through a 32-bit mixer), so that a failure can be had again. */
import { createRandom } from '../../src/routing/features/random.js';

export interface SeededRandom {
  /** Uniform in [0, 1). */
  number(): number;
  /** A whole number in [0, below). */
  below(below: number): number;
  chance(probability: number): boolean;
  pick<T>(values: readonly T[]): T;
  /** Takes a value out of a list, from anywhere in it. */
  take<T>(values: T[]): T | undefined;
}

export function seededRandom(seed: number): SeededRandom {
  const source = createRandom(seed);
  const number = () => source.next() / 2 ** 32;
  const below = (n: number) => Math.floor(number() * n);
  return {
    number,
    below,
    chance: (probability) => number() < probability,
    pick: (values) => values[below(values.length)],
    take(values) {
      const last = values.length - 1;
      const at = below(values.length);
      [values[at], values[last]] = [values[last], values[at]];
      return values.pop();
    },
  };
}
