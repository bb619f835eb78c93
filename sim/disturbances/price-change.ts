import type { Step, World } from '../worlds/world.js';
import { placeOf, withOutcome } from './replace-outcome.js';
import { within, type Window } from './window.js';

export interface PriceChange {
  readonly arm: string;
  readonly metric?: string;
  /** What the metric is multiplied by, > 0. */
  readonly factor: number;
  readonly window: Window;
  /** Whether the router is told the new list price when it begins and the old one when it ends. */
  readonly told: boolean;
}

/** An arm asks another price for a while. @throws RangeError for an unknown arm or metric, or a factor that is not positive */
export function priceChange(world: World, { arm, metric = 'cost_usd', factor, window, told }: PriceChange): World {
  if (!(factor > 0 && factor < Infinity)) throw new RangeError(`a price factor must be positive, got ${factor}`);
  const place = placeOf(world, arm, metric);
  const telling = (step: Step, by: number): Step => ({
    ...step,
    told: [...(step.told ?? []), { arm, metric, factor: by }],
  });
  const priced = (step: Step) => withOutcome(step, metric, place, (value) => value * factor);
  return within(
    world,
    window,
    `${metric} of ${arm} × ${Number(factor.toPrecision(3))}${told ? '' : ', not told'}`,
    (step, first) => (first && told ? telling(priced(step), factor) : priced(step)),
    (step) => (told ? telling(step, 1 / factor) : step),
  );
}
