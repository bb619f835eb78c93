/** What `--policy` says: `fixed:ARM`, `uniform`, `table:FILE`, or a policy of a router with its options. */
import { createPolicy, policyNames, type PolicyDeclaration } from '../../../policies/registry.js';
import { InvalidArgumentError } from 'commander';

import type { PolicySpec } from '../../routing/spec.js';

export type WantedPolicy =
  { readonly kind: 'router'; readonly policy: PolicySpec } | { readonly kind: 'table'; readonly file: string };

/** `linucb`, `linucb:width=0.5`, `fixed:small-model`, `table:choices.json` */
export function wantedPolicy(text: string): WantedPolicy {
  const colon = text.indexOf(':');
  const name = colon < 0 ? text : text.slice(0, colon);
  const rest = colon < 0 ? '' : text.slice(colon + 1);
  if (name === 'table') {
    if (rest === '') throw new InvalidArgumentError('Expected table:FILE.');
    return { kind: 'table', file: rest };
  }
  if (!(policyNames as readonly string[]).includes(name))
    throw new InvalidArgumentError(`Expected table:FILE or one of ${policyNames.join(', ')}, got "${name}".`);
  if (name !== 'fixed') return { kind: 'router', policy: checked({ name, ...optionsOf(rest) } as PolicySpec) };
  if (rest === '') throw new InvalidArgumentError('Expected fixed:ARM.');
  return { kind: 'router', policy: { name: 'fixed', arm: rest } };
}

/** Here, for not every policy is built before it is played. */
function checked(policy: PolicySpec): PolicySpec {
  try {
    createPolicy(policy as PolicyDeclaration);
    return policy;
  } catch (error) {
    throw error instanceof RangeError ? new InvalidArgumentError(`${error.message}.`) : error;
  }
}

function optionsOf(text: string): Record<string, number> {
  if (text === '') return {};
  const entries = text.split(',').map((term) => {
    const [, name, value] = /^([a-z]+)=(.+)$/.exec(term.trim()) ?? [];
    if (name === undefined || !Number.isFinite(Number(value)))
      throw new InvalidArgumentError(`Expected options as in linucb:width=0.5, got "${term}".`);
    return [name, Number(value)] as const;
  });
  return Object.fromEntries(entries);
}
