import { createRandom } from '../../routing/features/random.js';

/** In place and seeded (Fisher and Yates; Durstenfeld 1964, Algorithm 235). */
export function shuffle<T>(items: T[], seed: number): T[] {
  const random = createRandom(seed);
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor((random.next() / 2 ** 32) * (i + 1));
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
  return items;
}
