import type { StripeVersions } from '../routing/view.js';

/** Whether `b` has every stripe at the version that `a` has it at. */
export const sameVersions = (a: StripeVersions, b: StripeVersions): boolean =>
  Object.entries(a).every(([stripe, version]) => b[stripe] === version);
