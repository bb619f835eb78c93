import type { ProfileRow } from '../routing/profile.js';
import type { RouterSpec } from '../routing/spec.js';

/** A recorded fact about an arm: evidence of it from before counts less. What it means is the business of the domain. */
export type Change = Readonly<Record<string, string | number>>;

/** A router as it stands at one revision. */
export interface RouterRecord {
  readonly tenant: string;
  readonly router: string;
  readonly revision: number;
  readonly spec: RouterSpec;
  readonly profiles: readonly ProfileRow[];
  readonly changes: readonly Change[];
  /** Key of the draw, 32 bytes; generated once, never shown. */
  readonly secret: Buffer;
  readonly createdAt: Date;
  /** When this revision was made. */
  readonly changedAt: Date;
}
