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

/** The numbers from 0 to below `count` in random order (Fisher and Yates; Durstenfeld 1964, Algorithm 235). */
export function shuffledPlaces(count: number, chance: Chance): Uint32Array {
  const places = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = chance.below(i + 1);
    [places[i], places[j]] = [places[j]!, places[i]!];
  }
  return places;
}
