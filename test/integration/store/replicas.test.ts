import { randomUUID } from 'node:crypto';

import { expect, it } from 'vitest';

import { readSpend, saveSpend, type SpendAccount } from '../../../src/store/budget-spend.js';
import { claimStripe, keepStripe, releaseStripe } from '../../../src/store/claim-stripe.js';
import { rotateSigningKey, signingKeys } from '../../../src/store/signing-keys.js';
import { maintain } from '../../../src/store/maintain.js';
import { onEveryStore } from '../../support/every-store.js';
import { seededRandom } from '../../support/random.js';

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
    expect(rotated[1]).toEqual({ ...first[0], retiredAt: now });
    expect(await signingKeys(store(), now)).toEqual(rotated);
    await maintain(store(), { now: new Date(now.getTime() + 40 * 86_400_000) });
    expect(await signingKeys(store(), now)).toEqual([rotated[0]]);
  });

  it('adds up what the processes say that they spent, a row for each stripe', async () => {
    const key = { tenant: 'default', router: `router-${randomUUID()}` };
    const budget = 'cost_usd per request';
    const save = (stripe: number, given: Partial<SpendAccount>) =>
      saveSpend(
        store().db,
        key,
        stripe,
        { budget, owner: 'a', save: 1, requests: 1, spent: 0.25, state: {}, ...given },
        new Date(),
      );
    await Promise.all([save(1, {}), save(1, { owner: 'b', state: { price: 0.5 } }), save(2, { spent: 0.75 })]);
    await save(1, { owner: 'b', save: 2, requests: 5, spent: 1.25, state: { price: 1 } });
    expect(await readSpend(store(), key)).toMatchObject([
      { budget, stripe: 1, requests: 6, spent: 1.5, state: { price: 1 } },
      { budget, stripe: 2, requests: 1, spent: 0.75 },
    ]);
    await expect(save(1, { save: 3, spent: NaN })).rejects.toThrow();
  });

  it('counts once what is told twice, late, or after something later', async () => {
    const key = { tenant: 'default', router: `router-${randomUUID()}` };
    const random = seededRandom(5);
    const owners = ['a', 'b', 'c'];
    // Each process spends 1 and then tells; what it tells arrives more than once and in any order, or never.
    const accounts = owners.flatMap((owner) =>
      Array.from({ length: 8 }, (_, i) => ({
        ...{ budget: 'x', owner, save: i + 1, requests: i + 1, spent: (i + 1) / 4, state: { owner, save: i + 1 } },
      })),
    );
    const last = accounts.filter(({ save }) => save === 8);
    const sent = [...accounts, ...accounts, ...last].filter(({ save }) => save === 8 || random.chance(0.7));
    while (sent.length > 0) await saveSpend(store().db, key, 1, random.take(sent)!, new Date());
    expect(await readSpend(store(), key)).toMatchObject([{ requests: 24, spent: 6, state: { save: 8 } }]);
  });

  it('remembers of a row only the processes that wrote to it last', async () => {
    const key = { tenant: 'default', router: `router-${randomUUID()}` };
    for (let i = 0; i < 30; i++) {
      const account = { budget: 'x', owner: `process ${i}`, save: 1, requests: 1, spent: 1, state: {} };
      await saveSpend(store().db, key, 1, account, new Date());
    }
    const [{ requests, state }] = await readSpend(store(), key);
    expect(requests).toBe(30);
    expect((state as { accounts: unknown[] }).accounts).toHaveLength(8);
  });
});
