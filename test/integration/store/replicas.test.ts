import { randomUUID } from 'node:crypto';

import { expect, it } from 'vitest';

import { addSpend, readSpend } from '../../../src/store/budget-spend.js';
import { claimStripe, keepStripe, releaseStripe } from '../../../src/store/claim-stripe.js';
import { rotateSigningKey, signingKeys } from '../../../src/store/signing-keys.js';
import { maintain } from '../../../src/store/maintain.js';
import { onEveryStore } from '../../support/every-store.js';

onEveryStore((store) => {
  it('gives every replica a stripe of its own, and the stripe of one that ended to the next', async () => {
    const claims = ['a', 'b', 'c'].map((owner) => () => claimStripe(store(), owner));
    if (store().engine === 'postgres') {
      expect((await Promise.all(claims.map((claim) => claim()))).sort()).toEqual([1, 2, 3]);
    } else {
      // An embedded database has one process at a time: each takes over from the one before.
      for (const claim of claims) expect(await claim()).toBe(1);
    }
    await claimStripe(store(), 'd', 0);
    expect(await keepStripe(store(), 1, 'a')).toBe(false);
    expect(await keepStripe(store(), 1, 'd')).toBe(true);
    await releaseStripe(store(), 1, 'd');
    expect(await claimStripe(store(), 'e')).toBe(1);
  });

  it('makes one signing key however many start at once, and signs with the newest', async () => {
    const now = new Date();
    const [first, second] = await Promise.all([signingKeys(store(), now), signingKeys(store(), now)]);
    expect(first).toHaveLength(1);
    expect(second).toEqual(first);
    const rotated = await rotateSigningKey(store(), now);
    expect(rotated).toHaveLength(2);
    expect(rotated[1]).toEqual(first[0]);
    expect(await signingKeys(store(), now)).toEqual(rotated);
    await maintain(store(), { now: new Date(now.getTime() + 40 * 86_400_000) });
    expect(await signingKeys(store(), now)).toEqual([rotated[0]]);
  });

  it('adds up what the budgets spent, a row for each stripe', async () => {
    const key = { tenant: 'default', router: `router-${randomUUID()}` };
    const spend = { budget: 'cost_usd per request', requests: 1, spent: 0.25 };
    const add = (stripe: number, given: object) =>
      addSpend(store().db, key, stripe, [{ ...spend, ...given }], new Date());
    await Promise.all([add(1, {}), add(1, { state: { price: 0.5 } }), add(2, { spent: -1 })]);
    await add(1, { requests: 0 });
    expect(await readSpend(store(), key)).toEqual([
      { budget: spend.budget, stripe: 1, requests: 2, spent: 0.75, state: { price: 0.5 } },
      { budget: spend.budget, stripe: 2, requests: 1, spent: -1, state: null },
    ]);
    await expect(add(1, { spent: NaN })).rejects.toThrow();
  });
});
