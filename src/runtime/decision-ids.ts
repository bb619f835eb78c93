import { V7Generator } from 'uuidv7';

/** Ids of decisions: UUIDv7 of the given clock, ascending within a process. @param clock milliseconds since 1970 */
export function decisionIds(clock: () => number): () => string {
  const generator = new V7Generator();
  return () => generator.generateOrResetWithTs(clock()).toString();
}
