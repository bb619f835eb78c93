import { isUuidV7, uuidBytes, uuidTimeMs } from '../routing/uuid.js';

/** The 16 bytes of a decision's id, and the time in it in milliseconds since 1970. @throws RangeError as `decisionTime` */
export function decisionKey(decisionId: string): { readonly bytes: Uint8Array; readonly time: number } {
  const bytes = uuidBytes(decisionId);
  if (!isUuidV7(bytes)) throw new RangeError(`expected the id of a decision, a UUID of version 7; got "${decisionId}"`);
  return { bytes, time: uuidTimeMs(bytes) };
}

/**
 * When a decision was made, as its id says: the partition it lies in follows from the id alone, so a duplicate always
 * meets the row it duplicates.
 * @throws RangeError when the id is not a UUIDv7
 */
export const decisionTime = (decisionId: string): Date => new Date(decisionKey(decisionId).time);
