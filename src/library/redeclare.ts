/** A program that starts again declares its router again; what came to the stored declaration in use stays. */
import type { Feature, RouterSpec } from '../routing/spec.js';
import type { RouterPatch } from '../runtime/spec-changes.js';

/**
 * The declaration wins, member by member, and what it no longer has goes; only the encoders that were fitted for its text
 * features stay, because a declaration in code cannot know them.
 */
export function redeclared(stored: RouterSpec, declared: RouterSpec): RouterPatch {
  const gone = Object.keys(stored).filter((member) => !Object.hasOwn(declared, member));
  return {
    ...(Object.fromEntries(gone.map((member) => [member, null])) as RouterPatch),
    ...declared,
    features: declared.features.map((feature) => fittedBefore(stored.features, feature) ?? feature),
  };
}

function fittedBefore(stored: readonly Feature[], declared: Feature): Feature | undefined {
  if (declared.type !== 'text' || declared.encoder !== undefined) return undefined;
  const before = stored.find(({ name }) => name === declared.name);
  if (before?.type !== 'text' || before.encoder === undefined) return undefined;
  return (before.from ?? before.name) === (declared.from ?? declared.name) ? before : undefined;
}
