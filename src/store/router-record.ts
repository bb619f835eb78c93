import type { ProfileRow } from '../routing/profile.js';
import type { Change, RouterSpec } from '../routing/spec.js';

export type { Change };

/** A router as it stands at one revision. */
export interface RouterRecord {
  readonly tenant: string;
  readonly router: string;
  readonly revision: number;
  readonly spec: RouterSpec;
  readonly profiles: readonly ProfileRow[];
  /** Changes of arms that the service detected, in order of time; those that the owner declares are in the spec. */
  readonly changes: readonly Change[];
  /** Key of the draw, 32 bytes; generated once, never shown. */
  readonly secret: Buffer;
  readonly createdAt: Date;
  /** When this revision was made. */
  readonly changedAt: Date;
}
