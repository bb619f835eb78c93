/** A declaration with something changed. Every function gives a new one and leaves the old as it was. */
import { metricsOf } from '../routing/settings.js';
import { Problem } from '../routing/problem.js';
import type { Arm, RouterSpec } from '../routing/spec.js';

/** What to change of a declaration: a member replaces that of the same name, null removes one (as in RFC 7396), the others stay. */
export type Patch<T> = { readonly [K in keyof T]?: T[K] | (undefined extends T[K] ? null : never) };
export type RouterPatch = Patch<RouterSpec>;
export type ArmPatch = Patch<Arm>;

/** @throws Problem 'invalid-router' for a change that what was learned could not follow */
export function patched(spec: RouterSpec, patch: RouterPatch): RouterSpec {
  const changed = merged(spec, patch);
  if (changed.id !== spec.id) {
    throw changeRefused(
      '/id',
      `expected the id "${spec.id}" to stay, got "${changed.id}"; create another router instead`,
    );
  }
  for (const before of metricsOf(spec)) {
    const after = metricsOf(changed).find(({ name }) => name === before.name);
    if (after?.minimum === before.minimum && after.maximum === before.maximum) continue;
    throw changeRefused(
      '/metrics',
      `expected metric "${before.name}" to keep its range ${before.minimum} to ${before.maximum}, which its sums are counted in; declare another metric instead`,
    );
  }
  return changed;
}

export function withArm(spec: RouterSpec, arm: Arm): RouterSpec {
  return { ...spec, arms: [...spec.arms, arm] };
}

/** @throws Problem 'unknown-arm' */
export function withArmChanged(spec: RouterSpec, id: string, patch: ArmPatch): RouterSpec {
  const at = indexOfArm(spec, id);
  return { ...spec, arms: spec.arms.with(at, merged(spec.arms[at], patch)) };
}

/** @throws Problem 'unknown-arm' */
export function withoutArm(spec: RouterSpec, id: string): RouterSpec {
  return { ...spec, arms: spec.arms.toSpliced(indexOfArm(spec, id), 1) };
}

/** The declaration with a text feature that uses a fitted encoder; embeddings stay, and fall back to it. @throws Problem 'invalid-router' */
export function withEncoder(spec: RouterSpec, name: string, encoder: { hash: string; dimension: number }): RouterSpec {
  const at = spec.features.findIndex((feature) => feature.name === name);
  const feature = spec.features[at];
  if (feature?.type !== 'text') {
    const texts = spec.features.filter(({ type }) => type === 'text').map((known) => known.name);
    throw changeRefused(
      '/feature',
      `expected a text feature of the router (${texts.join(', ') || 'it has none'}), got "${name}"`,
    );
  }
  const fitted = { ...feature, encoder: encoder.hash, dimension: encoder.dimension };
  return { ...spec, features: spec.features.with(at, fitted) };
}

function merged<T extends object>(before: T, patch: Patch<T>): T {
  return Object.fromEntries(Object.entries({ ...before, ...patch }).filter(([, value]) => value !== null)) as T;
}

function indexOfArm(spec: RouterSpec, id: string): number {
  const at = spec.arms.findIndex((arm) => arm.id === id);
  if (at >= 0) return at;
  const arms = spec.arms.map((arm) => arm.id).join(', ');
  throw new Problem('unknown-arm', `expected an arm of router "${spec.id}" (${arms || 'it has none'}), got "${id}"`);
}

const changeRefused = (pointer: string, detail: string): Problem =>
  new Problem('invalid-router', detail, [{ pointer, detail }]);
