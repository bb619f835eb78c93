/** Made-up prompts of a few kinds, for tests that fit an encoder. */
import { createRandom } from '../../../../src/routing/features/random.js';

const kinds = [
  ['Write a function that', ['sorts', 'reverses', 'counts', 'prints'], ['a list', 'an array', 'a string', 'a tree']],
  ['How many', ['apples', 'pears', 'coins', 'books'], ['are left?', 'does Ann have?', 'cost 12 dollars?']],
  ['Translate into French:', ['the cat', 'a house', 'my friend'], ['sleeps', 'is large', 'sings', 'is old']],
  ['Which is true?\n(A)', ['water', 'iron', 'wood'], ['floats (B) sinks', 'burns (B) melts', 'rusts (B) rots']],
] as const;

/** @param vary  whether a running number makes every prompt different */
export function samplePrompts(count: number, vary = true): string[] {
  const random = createRandom(11);
  const pick = <T>(from: readonly T[]) => from[random.next() % from.length];
  return Array.from({ length: count }, (_, i) => {
    const [start, middle, end] = pick(kinds);
    return `${start} ${pick<string>(middle)} ${pick<string>(end)}${vary ? ` ${'again '.repeat(random.next() % 5)}${i % 17}` : ''}`;
  });
}

export const kindOf = (prompt: string): number => kinds.findIndex(([start]) => prompt.startsWith(start));
