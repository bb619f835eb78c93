import type { StoredStatus } from './outcome-batch.js';
import type { PreparedOutcome } from './outcome-waves.js';
import type { StoredOutcome } from './read-stored.js';

/**
 * The same outcome again, another one, or another one that says it replaces the first. One that was taken back is as if it
 * had never come, but for its own source, which has to say that it means it.
 */
export function compareOutcome(
  { value, shared, row }: PreparedOutcome,
  known: StoredOutcome | undefined,
): StoredStatus {
  // It was met a moment ago, so its day has been dropped since.
  if (!known) return 'late';
  if (known.retracted) return row.correction || !known.retracted.includes(shared.source) ? 'applied' : 'retracted';
  if (value === known.value && shared.arm === known.arm) return 'duplicate';
  return row.correction ? 'applied' : 'conflict';
}
