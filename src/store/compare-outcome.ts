import type { StoredStatus } from './outcome-batch.js';
import type { PreparedOutcome } from './outcome-waves.js';
import type { StoredOutcome } from './read-stored.js';

/** `confirmed`: a duplicate that another source reported: it is to count in its own right should the first be taken back. */
export type Comparison = StoredStatus | 'confirmed';

/**
 * The same outcome again, another one, or another one that says it replaces the first. One that was taken back is as if it
 * had never come, but for its own source, which has to say that it means it.
 */
export function compareOutcome(
  { value, shared: { arm, source }, row: { correction } }: PreparedOutcome,
  known: StoredOutcome | undefined,
): Comparison {
  // It was met a moment ago, so its day has been dropped since.
  if (!known) return 'late';
  const reportedBefore = known.former?.includes(source) ?? false;
  if (known.retracted) return correction || !reportedBefore ? 'applied' : 'retracted';
  if (value !== known.value || arm !== known.arm) return correction ? 'applied' : 'conflict';
  if (source === known.source) return 'duplicate';
  // Beside a value before this one it would have been a conflict, unless it is a correction.
  return correction || !(reportedBefore || known.contested) ? 'confirmed' : 'duplicate';
}

/** What the caller is told. */
export const toldStatus = (comparison: Comparison): StoredStatus =>
  comparison === 'confirmed' ? 'duplicate' : comparison;
