import type { Target } from './target.js';

/** One arm, always. @throws RangeError when the log doesn't know the arm */
export function fixedTarget(arms: readonly string[], arm: string): Target {
  const at = arms.indexOf(arm);
  if (at < 0) throw new RangeError(`expected an arm of the log (${arms.slice(0, 40).join(', ')}), got "${arm}"`);
  const chances = new Float64Array(arms.length);
  chances[at] = 1;
  return { name: `fixed:${arm}`, learns: false, start: () => ({ probabilities: () => chances }) };
}
