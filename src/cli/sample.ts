import { createRandom } from '../routing/features/random.js';

/** All items, or of more than `most` a uniform sample of so many (Vitter 1985, algorithm R). */
export async function sample<T>(items: AsyncIterable<T>, most: number, seed: number): Promise<T[]> {
  const random = createRandom(seed);
  const kept: T[] = [];
  let seen = 0;
  for await (const item of items) {
    seen++;
    const place = seen <= most ? seen - 1 : Math.floor((random.next() / 2 ** 32) * seen);
    if (place < most) kept[place] = item;
  }
  return kept;
}
