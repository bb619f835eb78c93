import type { Target } from './target.js';

/** Every arm that could be chosen alike. */
export function uniformTarget(arms: readonly string[]): Target {
  const all = arms.map((_, i) => i);
  const chances = new Float64Array(arms.length);
  const player = {
    probabilities({ eligible = all }: { readonly eligible?: readonly number[] }) {
      chances.fill(0);
      for (const arm of eligible) chances[arm] = 1 / eligible.length;
      return chances;
    },
  };
  return { name: 'uniform', learns: false, start: () => player };
}
