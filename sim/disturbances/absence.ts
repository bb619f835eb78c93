import type { Step, World } from '../worlds/world.js';
import { within, type Window } from './window.js';

/**
 * A model that is not there during the window. One that is added is absent from the first request to the one at which it
 * comes; one that is removed is absent from then on.
 * @throws RangeError for an unknown arm
 */
export function absence(world: World, { arm, window }: { readonly arm: string; readonly window: Window }): World {
  if (!world.arms.includes(arm)) {
    throw new RangeError(`${world.name} has no arm "${arm}"; it has ${world.arms.join(', ')}`);
  }
  const without = (step: Step): Step => ({
    ...step,
    present: (step.present ?? world.arms).filter((name) => name !== arm),
  });
  // Who is there is said of every request, so that the router hears of the return as well.
  const told: World = {
    ...world,
    *steps(chance) {
      for (const step of world.steps(chance)) yield { ...step, present: step.present ?? world.arms };
    },
  };
  return within(told, window, `without ${arm}`, without);
}
