/** What a router's owner declares when the world tells of something: prices that changed, arms that came or went. */
import type { Arm, RouterSpec } from '../../src/routing/spec.js';
import type { Step, ToldPrice } from '../worlds/world.js';

/**
 * An arm that is away is paused, as its owner would pause it, so that it comes back with what was learned and told of it.
 * @param first the declaration that the run began with: an arm that it pauses stays so
 * @param now   milliseconds since 1970
 * @returns the very declaration when nothing is told
 */
export function revised(spec: RouterSpec, first: RouterSpec, { told, present }: Step, now: number): RouterSpec {
  let next = spec;
  for (const price of told ?? []) next = withPrice(next, price, now);
  if (present === undefined) return next;
  const there = new Set(present);
  const arms = next.arms.map((arm, i) => withState(arm, there.has(arm.id) ? first.arms[i]!.state : 'paused'));
  return arms.every((arm, i) => arm === next.arms[i]) ? next : { ...next, arms };
}

const withState = (arm: Arm, state: Arm['state'] = 'active'): Arm =>
  (arm.state ?? 'active') === state ? arm : { ...arm, state };

/** A list price that changed rescales what was learned of it. */
function withPrice(spec: RouterSpec, { arm, metric, factor }: ToldPrice, now: number): RouterSpec {
  const change = { at: new Date(now).toISOString(), arm, metric, scale: factor };
  const arms = spec.arms.map((declared) => {
    const price = declared.list_price?.[metric];
    if (declared.id !== arm || price === undefined) return declared;
    return { ...declared, list_price: { ...declared.list_price, [metric]: price * factor } };
  });
  return { ...spec, arms, changes: [...(spec.changes ?? []), change] };
}
