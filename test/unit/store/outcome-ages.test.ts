import { describe, expect, it } from 'vitest';

import { freshTimes, outcomeAges as agesOfTimes } from '../../../src/store/outcome-ages.js';
import type { StripeChange } from '../../../src/store/stripe-changes.js';
import { outcome } from '../../support/outcomes.js';

const change = (given: Partial<StripeChange> & { seconds: number }): StripeChange => ({
  sign: 1,
  row: outcome('r'),
  target: 1,
  receivedAt: new Date(given.seconds * 1_000),
  ...given,
});

const outcomeAges = (changes: readonly StripeChange[], newestAge: number) =>
  agesOfTimes(freshTimes(changes), newestAge);

describe('the ages of new outcomes', () => {
  it('are that of the newest, and as much more as the others came in before it', () => {
    const changes = [100, 101.5, 101.5, 102].map((seconds) => change({ seconds }));
    expect(outcomeAges(changes, 0.25)).toEqual([2.25, 0.75, 0.25]);
  });

  it('do not depend on what the clock of the replica says', () => {
    const hourAhead = [3_700, 3_702].map((seconds) => change({ seconds }));
    expect(outcomeAges(hourAhead, 0.1)).toEqual([2.1, 0.1]);
  });

  it('are none for corrections, and for rows that teach nothing', () => {
    const before = change({ seconds: 1, sign: -1 });
    expect(outcomeAges([change({ seconds: 90, row: before.row }), before], 0.1)).toEqual([]);
    expect(outcomeAges([change({ seconds: 90, target: null })], 0.1)).toEqual([]);
    expect(outcomeAges([], 0.1)).toEqual([]);
  });

  it('are never below 0', () => {
    expect(outcomeAges([change({ seconds: 1 })], -0.5)).toEqual([0]);
  });
});
