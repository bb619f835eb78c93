import type { ArmOutcomes, Step, World } from '../worlds/world.js';

/** The place of an arm in the arrays of a world. @throws RangeError when there is no such arm or metric */
export function placeOf(world: World, arm: string, metric: string): number {
  const place = world.arms.indexOf(arm);
  if (place < 0) throw new RangeError(`${world.name} has no arm "${arm}"; it has ${world.arms.join(', ')}`);
  checkMetric(world, metric);
  return place;
}

/** @throws RangeError when the world has no such metric */
export function checkMetric(world: World, metric: string): void {
  if (world.metrics.includes(metric)) return;
  throw new RangeError(`${world.name} has no metric "${metric}"; it has ${world.metrics.join(', ')}`);
}

/** A step in which one arm's metric is another, both as it is reported and as it is expected. */
export function withOutcome(step: Step, metric: string, place: number, change: (value: number) => number): Step {
  const replace = (outcomes: ArmOutcomes): ArmOutcomes => ({
    ...outcomes,
    [metric]: outcomes[metric]!.with(place, change(outcomes[metric]![place]!)),
  });
  const outcomes = replace(step.outcomes);
  return step.expected === undefined ? { ...step, outcomes } : { ...step, outcomes, expected: replace(step.expected) };
}
