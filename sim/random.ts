/** Seeded chance for worlds: every stream is a function of a seed and a name, so that the same seeds give the same bytes. */
import { createRandom, hash32 } from '../src/routing/features/random.js';

export interface Chance {
  /** An integer in [0, 2³²). */
  next(): number;
  /** Uniform in [0, 1). */
  number(): number;
  /** Standard normal. */
  normal(): number;
  /** A whole number in [0, below). */
  below(below: number): number;
}

/** @param name tells streams of one seed apart, so that taking more from one leaves the others as they were */
export function chanceOf(seed: number, name: string): Chance {
  const source = createRandom(hash32(`${seed}\n${name}`));
  const number = () => source.next() / 2 ** 32;
  return {
    next: () => source.next(),
    number,
    normal: () => source.normal(),
    below: (below) => Math.floor(number() * below),
  };
}

/** A shuffled copy (Fisher and Yates; Durstenfeld 1964, Algorithm 235). */
export function shuffled<T>(items: readonly T[], chance: Chance): T[] {
  const copy = [...items];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = chance.below(i + 1);
    [copy[i], copy[j]] = [copy[j]!, copy[i]!];
  }
  return copy;
}
