import { didYouMean } from '../../routing/nearest-name.js';
import { Failure } from '../failures.js';
import type { Survey } from './survey.js';

/** @throws Failure naming the splits there are, for the first of those asked for that has no row */
export function requireSplits(path: string, { splits }: Pick<Survey, 'splits'>, asked: readonly string[]): void {
  const missing = asked.find((name) => !splits.has(name));
  if (missing === undefined) return;
  const known = [...splits];
  const there = known.length === 0 ? 'its rows name no split' : `it has ${known.join(', ')}`;
  throw new Failure(`${path} has no rows of the split ${missing}; ${there}${didYouMean(missing, known)}`);
}
