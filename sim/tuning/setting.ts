/** What is tuned of a router's declaration, and how a setting of it is called. */
import type { RouterSpec } from '../../src/routing/spec.js';

/** Members of a declaration; those that are left out are as the service has them by default. */
export type Members = Pick<RouterSpec, 'policy' | 'half_life' | 'prior'>;

export interface Setting {
  /** What is different from the setting that its stage began with, in words. */
  readonly name: string;
  /** Everything that is different from the defaults. */
  readonly members: Members;
}

/** The router as its owner declared it. */
export const asDeclared: Setting = { name: 'as declared', members: {} };

/** One change on top of others; members of the prior are changed one by one. */
export function changed(before: Members, change: Members): Members {
  const prior = { ...before.prior, ...change.prior };
  return { ...before, ...change, ...(Object.keys(prior).length > 0 ? { prior } : {}) };
}

/** The declaration with a setting. */
export const withSetting = (spec: RouterSpec, { members }: Setting): RouterSpec => ({
  ...spec,
  ...changed(pick(spec), members),
});

const pick = ({ prior }: RouterSpec): Members => (prior ? { prior } : {});

/** Settings of equal members are the same setting, whatever they are called. */
export const keyOf = ({ members }: Setting): string =>
  JSON.stringify(Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1)));
