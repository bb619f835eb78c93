import { describe, expect, it } from 'vitest';

import { isUuidV7, uuidBytes, uuidTimeMs } from '../../../src/routing/uuid.js';
import { decisionIds } from '../../../src/runtime/decision-ids.js';

describe('ids of decisions', () => {
  it('are UUIDv7 of the clock, ascend and never repeat, over more than one pool of randomness', () => {
    let now = 1_790_000_000_000;
    const next = decisionIds(() => now);
    const ids = Array.from({ length: 5000 }, (_, k) => {
      now += k % 3 === 0 ? 1 : 0;
      return { id: next(), now };
    });
    for (const { id, now: then } of ids) {
      expect(isUuidV7(uuidBytes(id)) && uuidTimeMs(uuidBytes(id)) === then).toBe(true);
    }
    expect(ids.map(({ id }) => id).sort()).toEqual(ids.map(({ id }) => id));
    expect(new Set(ids.map(({ id }) => id.slice(-8))).size).toBeGreaterThan(4990);
  });

  it('share nothing between two processes that decide in the same millisecond', () => {
    const [one, other] = [decisionIds(() => 1_790_000_000_000), decisionIds(() => 1_790_000_000_000)];
    const ids = Array.from({ length: 2000 }, () => [one(), other()]).flat();
    expect(new Set(ids).size).toBe(4000);
  });
});
