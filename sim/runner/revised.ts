/** What a router's owner declares when the world tells of something: prices that changed, arms that came or went. */
import type { RouterSpec } from '../../src/routing/spec.js';
import type { Step, ToldPrice } from '../worlds/world.js';

/**
 * @param first the declaration that the run began with, which knows every arm
 * @param now   milliseconds since 1970
 * @returns the very declaration when nothing is told
 */
export function revised(spec: RouterSpec, first: RouterSpec, { told, present }: Step, now: number): RouterSpec {
  let next = spec;
  for (const price of told ?? []) next = withPrice(next, price, now);
  if (present === undefined || sameArms(next, present)) return next;
  const known = new Map([...first.arms, ...next.arms].map((arm) => [arm.id, arm]));
  return { ...next, arms: present.map((id) => known.get(id) ?? { id }) };
}

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

const sameArms = (spec: RouterSpec, present: readonly string[]): boolean =>
  spec.arms.length === present.length && spec.arms.every((arm, i) => arm.id === present[i]);
