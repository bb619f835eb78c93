import { randomFillSync } from 'node:crypto';

import { V7Generator } from 'uuidv7';

import { uuidText } from '../routing/uuid.js';

/** Random words are fetched this many at a time, because a call for eight costs as much as a whole id. */
const poolWords = 1024;

/** Ids of decisions: UUIDv7 of the given clock, ascending within a process. @param clock milliseconds since 1970 */
export function decisionIds(clock: () => number): () => string {
  const pool = new Uint32Array(poolWords);
  let used = poolWords;
  const nextUint32 = () => {
    if (used === poolWords) {
      randomFillSync(pool);
      used = 0;
    }
    return pool[used++];
  };
  const generator = new V7Generator({ nextUint32 });
  return () => uuidText(generator.generateOrResetWithTs(clock()).bytes);
}
