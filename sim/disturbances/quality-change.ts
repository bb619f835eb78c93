import type { World } from '../worlds/world.js';
import { placeOf, withOutcome } from './replace-outcome.js';
import { within, type Window } from './window.js';

export interface QualityChange {
  readonly arm: string;
  readonly metric?: string;
  /** What the outcome becomes: a value, or the old one times so much, in [0, 1]. */
  readonly becomes: { readonly value: number } | { readonly times: number };
  readonly window: Window;
}

/** A model gets worse, or better, without a word, and recovers when the window ends. @throws RangeError for an unknown arm */
export function qualityChange(world: World, { arm, metric = 'accuracy', becomes, window }: QualityChange): World {
  const place = placeOf(world, arm, metric);
  const [by] = Object.values(becomes) as [number];
  if (!(by >= 0 && by <= 1)) throw new RangeError(`what quality becomes lies in [0, 1], got ${by}`);
  const change = 'value' in becomes ? () => by : (value: number) => value * by;
  const label = `${metric} of ${arm} ${'value' in becomes ? 'becomes' : '×'} ${by}`;
  return within(world, window, label, (step) => withOutcome(step, metric, place, change));
}
