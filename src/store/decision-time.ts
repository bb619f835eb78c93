import { isUuidV7, uuidBytes, uuidTimeMs } from '../routing/uuid.js';

/**
 * When a decision was made, as its id says: the partition it lies in follows from the id alone, so a duplicate always
 * meets the row it duplicates.
 * @throws RangeError when the id is not a UUIDv7
 */
export function decisionTime(decisionId: string): Date {
  const bytes = uuidBytes(decisionId);
  if (!isUuidV7(bytes)) throw new RangeError(`expected the id of a decision, a UUID of version 7; got "${decisionId}"`);
  return new Date(uuidTimeMs(bytes));
}
