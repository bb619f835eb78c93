import type { World } from '../worlds/world.js';
import { placeOf, withOutcome } from './replace-outcome.js';
import { within, type Window } from './window.js';

export interface QualityChange {
  readonly arm: string;
  readonly metric?: string;
  /** What the outcome becomes: a value, or the old one plus so much, kept within [0, 1]. */
  readonly becomes: { readonly value: number } | { readonly plus: number };
  readonly window: Window;
}

/** A model gets worse, or better, without a word, and recovers when the window ends. @throws RangeError for an unknown arm */
export function qualityChange(world: World, { arm, metric = 'accuracy', becomes, window }: QualityChange): World {
  const place = placeOf(world, arm, metric);
  const change =
    'value' in becomes ? () => becomes.value : (value: number) => Math.max(0, Math.min(1, value + becomes.plus));
  const label = `${metric} of ${arm} ${'value' in becomes ? `becomes ${becomes.value}` : `moves by ${becomes.plus}`}`;
  return within(world, window, label, (step) => withOutcome(step, metric, place, change));
}
