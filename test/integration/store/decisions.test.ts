import { randomUUID } from 'node:crypto';

import { expect, it } from 'vitest';

import { insertDecisions } from '../../../src/store/insert-decisions.js';
import { listDecisions, readDecision, streamDecisions } from '../../../src/store/read-decisions.js';
import { onEveryStore } from '../../support/every-store.js';
import { decision, decisionId } from '../../support/outcomes.js';

onEveryStore((store) => {
  const newRouter = () => `router-${randomUUID()}`;

  it('gives a decision back to the last bit, its keys in their order', async () => {
    const logged = decision(newRouter());
    expect(await insertDecisions(store(), [logged], new Date())).toEqual([]);
    const read = await readDecision(store(), logged, logged.id);
    expect(read).toEqual(logged);
    expect(Object.keys(read.objective)).toEqual(['energy_j', 'accuracy']);
    expect(read.features).toBeInstanceOf(Int16Array);
    expect(read.probabilities).toBeInstanceOf(Float64Array);
  });

  it('logs a decision once, however often it is written', async () => {
    const [router, other] = [newRouter(), newRouter()];
    const batch = [decision(router), decision(other), decision(router)];
    await insertDecisions(store(), batch, new Date());
    await insertDecisions(store(), [...batch, decision(router)], new Date());
    const window = { from: new Date(Date.now() - 60_000), to: new Date(Date.now() + 60_000) };
    expect(await listDecisions(store(), { tenant: 'default', router }, window)).toHaveLength(3);
    expect(await listDecisions(store(), { tenant: 'default', router: other }, window)).toHaveLength(1);
  });

  it('lists the decisions of a window in the order of their time, page by page', async () => {
    const router = newRouter();
    const start = Date.now() - 1_000;
    const batch = Array.from({ length: 7 }, (_, i) =>
      decision(router, { id: decisionId(new Date(start + 10 * (i >> 1))) }),
    );
    await insertDecisions(store(), [...batch].reverse(), new Date());
    const key = { tenant: 'default', router };
    const window = { from: new Date(start), to: new Date(start + 30), limit: 2 };
    const pages: string[][] = [];
    for await (const page of streamDecisions(store(), key, window)) pages.push(page.map(({ id }) => id));
    expect(pages.map((page) => page.length)).toEqual([2, 2, 2]);
    expect(pages.flat()).toEqual(
      batch
        .slice(0, 6)
        .map(({ id }) => id)
        .sort(),
    );
  });

  it('says of an id that is not logged, or can be no decision, that it does not know it', async () => {
    const key = { tenant: 'default', router: newRouter() };
    for (const id of [decisionId(), randomUUID(), 'no id', "'; drop table decisions", '']) {
      await expect(readDecision(store(), key, id)).rejects.toMatchObject({ code: 'unknown-decision' });
    }
    const logged = decision(key.router);
    await insertDecisions(store(), [logged], new Date());
    const elsewhere = { tenant: 'default', router: newRouter() };
    await expect(readDecision(store(), elsewhere, logged.id)).rejects.toMatchObject({ code: 'unknown-decision' });
  });

  it('leaves out what it cannot store and says why, without holding up the rest', async () => {
    const router = newRouter();
    const good = decision(router);
    const bad = [
      decision(router, { propensity: NaN }),
      decision(router, { probabilities: Float64Array.of(0.5, Infinity) }),
      decision(router, { conditions: { prices: [], ceilings: [], allowances: [Infinity], broken: [] } }),
      decision(router, { id: randomUUID() }),
      decision(router, { id: decisionId(new Date(Date.now() + 10 * 86_400_000)) }),
    ];
    const refused = await insertDecisions(store(), [...bad, good], new Date());
    expect(refused.map(({ decision: { id } }) => id)).toEqual(bad.map(({ id }) => id));
    for (const { reason } of refused.slice(0, 3)) expect(reason).toContain('finite');
    expect(refused[4].reason).toContain('too early');
    expect(await readDecision(store(), good, good.id)).toEqual(good);
  });

  it('stores texts that no client should send', async () => {
    const nasty = ['a\0b', '\ud800', "'; drop table decisions; --", '__proto__', '\\u0000'];
    const logged = decision(newRouter(), {
      constraints: { allow: nasty },
      excluded: [{ arm: nasty[0], reason: nasty[1] }],
    });
    expect(await insertDecisions(store(), [logged], new Date())).toEqual([]);
    const read = await readDecision(store(), logged, logged.id);
    expect(read.constraints.allow).toEqual(['a\ufffdb', '\ufffd', ...nasty.slice(2)]);
    expect(read.excluded).toEqual([{ arm: 'a\ufffdb', reason: '\ufffd' }]);
  });
});
