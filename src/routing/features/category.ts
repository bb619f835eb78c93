import { Problem } from '../problem.js';
import type { CategoryFeature } from '../spec.js';
import type { FeatureEncoder } from './encoder.js';
import { invalidContext, shown } from './invalid-context.js';

/**
 * One slot per declared value and one for "unknown", each 0 or 1.
 *
 * A value lights its own slot and those of its declared ancestors (`qa/squad` also lights `qa`), so that θ of the parent
 * holds what its children share and θ of the child only how it differs. An undeclared value lights its declared ancestors;
 * with none, or without a value, the unknown slot. Lit slots are 1 at every depth (not 1/√depth), because a parent that
 * speaks for an undeclared child must weigh the same as in the children it was learned from.
 * @throws Problem 'invalid-router' when a value is declared twice or is "?"
 */
export function categoryEncoder(feature: CategoryFeature): FeatureEncoder {
  const field = feature.from ?? feature.name;
  const unknown = feature.values.length;
  const lit = slotsByValue(feature);
  return {
    dimension: unknown + 1,
    labels: [...feature.values, '?'].map((value) => `${feature.name}=${value}`),
    encode(value, x, offset) {
      if (value !== undefined && typeof value !== 'string') throw notCategory(feature, field, value);
      const slots = value === undefined ? undefined : nearest(lit, value)?.slots;
      if (slots === undefined) x[offset + unknown] = 1;
      else for (let i = 0; i < slots.length; i++) x[offset + slots[i]] = 1;
    },
    warning(value) {
      if (typeof value !== 'string' || lit.has(value)) return undefined;
      const ancestor = nearest(lit, value)?.value;
      const instead = ancestor === undefined ? 'it counts as unknown' : `${JSON.stringify(ancestor)} speaks for it`;
      return `context.${field} is ${shown(value)}, which is not a declared value of ${feature.name}; ${instead}`;
    },
  };
}

/** A number is most often a value that lost its quotes. */
function notCategory({ name, values }: CategoryFeature, field: string, value: unknown): Problem {
  const some = values.slice(0, 3).map((known) => JSON.stringify(known));
  const more = values.length > some.length ? ', …' : '';
  const repair = typeof value === 'number' ? `; write it in quotes, as "${value}"` : '';
  return invalidContext(
    field,
    `a value of ${name} as a string (${some.join(', ')}${more})`,
    `${shown(value)}${repair}`,
  );
}

interface Declared {
  readonly value: string;
  readonly slots: Int32Array;
}

/** The slots that each declared value lights: its own and its declared ancestors'. */
function slotsByValue(feature: CategoryFeature): Map<string, Declared> {
  const slot = new Map(feature.values.map((value, index) => [value, index]));
  if (slot.size < feature.values.length || slot.has('?')) {
    throw new Problem(
      'invalid-router',
      `feature ${feature.name} must declare different values, none of them "?", which names the slot of unknown values`,
    );
  }
  const withAncestors = (value: string) => [value, ...ancestors(value)].filter((name) => slot.has(name));
  return new Map(
    feature.values.map((value) => [
      value,
      { value, slots: Int32Array.from(withAncestors(value), (name) => slot.get(name)!) },
    ]),
  );
}

function ancestors(value: string): string[] {
  const found: string[] = [];
  for (let cut = value.lastIndexOf('/'); cut > 0; cut = value.lastIndexOf('/', cut - 1))
    found.push(value.slice(0, cut));
  return found;
}

/** Deeper values than this are no hierarchy but an attempt to keep us busy. */
const DEEPEST = 32;

/** The value itself when it is declared, else its nearest declared ancestor. */
function nearest(lit: ReadonlyMap<string, Declared>, value: string): Declared | undefined {
  const declared = lit.get(value);
  if (declared !== undefined) return declared;
  let cut = value.lastIndexOf('/');
  for (let depth = 0; cut > 0 && depth < DEEPEST; depth++) {
    const ancestor = lit.get(value.slice(0, cut));
    if (ancestor !== undefined) return ancestor;
    cut = value.lastIndexOf('/', cut - 1);
  }
  return undefined;
}
