import type { ContextEncoder } from './encoder.js';
import { GRID } from './grid.js';

/**
 * The features that a profile row speaks of: the bias and the slots of its task. What it says nothing of (a prompt, a
 * number, another category) stays 0, for a profile is an average over those.
 */
export function taskFeatures(encoder: ContextEncoder, task: string | undefined): Float64Array {
  const named = encoder.encode(task === undefined ? {} : { task });
  const nothing = encoder.encode({});
  return Float64Array.from(named, (entry, i) => (i === 0 || entry !== nothing[i] ? entry / GRID : 0));
}
