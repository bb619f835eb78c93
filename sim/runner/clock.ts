/** Virtual time and decision ids of one run. */
import { V7Generator } from 'uuidv7';

import type { Chance } from '../random.js';

/** 2026-01-01T00:00:00Z. */
const start = 1_767_225_600_000;

export interface VirtualClock {
  /** Milliseconds since 1970 at a request. */
  at(request: number): number;
  /** The id of the decision of a request; asked for in order. */
  id(request: number): string;
}

/** @param gapMs between two requests, ≥ 1 */
export function virtualClock(chance: Chance, gapMs: number): VirtualClock {
  const generator = new V7Generator({ nextUint32: () => chance.next() });
  const at = (request: number) => start + request * gapMs;
  return { at, id: (request) => generator.generateOrResetWithTs(at(request)).toString() };
}
