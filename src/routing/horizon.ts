/** How far back the sums of a router are kept in memory. What is stored goes back as far as decisions of the log need. */
import { earliestPresent, oldestSeen } from './changes/recorded.js';
import type { CellKey } from './outcome.js';
import type { Router } from './router.js';

/** Epochs of a schema from before one of them, which memory does without. */
export interface Horizon {
  readonly schema: string;
  readonly before: number;
}

/** Epochs that are kept beyond those that count, for clocks that are put back: eight half-lives. */
export const SPARE_EPOCHS = 64;

/** @param present the epoch that views are formed in @returns undefined for a router that forgets nothing */
export function horizonOf({ settings, schema }: Router, present: number): Horizon | undefined {
  if (settings.halfLifeMs === undefined) return undefined;
  const { changes } = settings;
  return { schema, before: oldestSeen({ changes, present, forgets: true }) - SPARE_EPOCHS };
}

export const isBeyond = (horizon: Horizon | undefined, { schema, epoch }: CellKey): boolean =>
  horizon !== undefined && epoch < horizon.before && schema === horizon.schema;

/** The earliest epoch in which a view can be formed without what lies beyond a horizon. */
export const earliestWithout = ({ before }: Horizon, { settings: { changes } }: Router, present: number): number =>
  earliestPresent(before, { changes, present });
