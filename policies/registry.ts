/** Every policy by name, and the one place that builds one from its declaration. */
import type { Policy } from './policy.js';
import { epsilonGreedy } from './exploration/epsilon-greedy.js';
import { fixed } from './exploration/fixed.js';
import { greedy } from './exploration/greedy.js';
import { inverseGap } from './exploration/inverse-gap.js';
import { linucb } from './exploration/optimism.js';
import { thompson } from './exploration/thompson.js';
import { uniform } from './exploration/uniform.js';
import { profile } from './profile.js';

/** A policy and its options, as a router declares them. */
export type PolicyDeclaration =
  | { readonly name: 'linucb'; readonly width?: number }
  | { readonly name: 'thompson'; readonly width?: number }
  | { readonly name: 'inverse-gap'; readonly gamma?: number; readonly exponent?: number }
  | { readonly name: 'epsilon-greedy'; readonly epsilon?: number }
  | { readonly name: 'greedy' }
  | { readonly name: 'uniform' }
  | { readonly name: 'fixed'; readonly arm: string }
  | { readonly name: 'profile' };

export type PolicyName = PolicyDeclaration['name'];

type Creators = { readonly [N in PolicyName]: (declaration: Extract<PolicyDeclaration, { name: N }>) => Policy };

const creators: Creators = {
  linucb,
  thompson,
  'inverse-gap': inverseGap,
  'epsilon-greedy': epsilonGreedy,
  greedy,
  uniform,
  fixed,
  profile,
};

const optionNames: { readonly [N in PolicyName]: readonly string[] } = {
  linucb: ['width'],
  thompson: ['width'],
  'inverse-gap': ['gamma', 'exponent'],
  'epsilon-greedy': ['epsilon'],
  greedy: [],
  uniform: [],
  fixed: ['arm'],
  profile: [],
};

export const policyNames = Object.keys(creators) as readonly PolicyName[];

function checkOptionNames(declaration: PolicyDeclaration): void {
  const known = optionNames[declaration.name];
  const stray = Object.keys(declaration).find((key) => key !== 'name' && !known.includes(key));
  if (stray === undefined) return;
  const takes = known.length === 0 ? 'takes no options' : `takes ${known.join(', ')}`;
  throw new RangeError(`policy ${declaration.name} ${takes}; got ${stray}`);
}

/**
 * Builds a policy. It keeps buffers that it reuses from call to call, so keep one per view rather than one per request.
 * @throws RangeError when the name is unknown, an option is unknown, or its value is out of range; the message names it
 */
export function createPolicy(declaration: PolicyDeclaration): Policy {
  if (!Object.hasOwn(creators, declaration.name)) {
    throw new RangeError(`policy name must be one of ${policyNames.join(', ')}; got ${String(declaration.name)}`);
  }
  checkOptionNames(declaration);
  const create = creators[declaration.name] as (declaration: PolicyDeclaration) => Policy;
  return create(declaration);
}
