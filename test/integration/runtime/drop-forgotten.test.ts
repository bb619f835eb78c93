/** A router that forgets keeps the sums of an epoch for as long as a decision of the log may need them, and no longer. */
import { expect, it } from 'vitest';

import { dropForgotten } from '../../../src/runtime/drop-forgotten.js';
import { maintain } from '../../../src/store/maintain.js';
import { dayMs } from '../../../src/store/partitions.js';
import type { Store } from '../../../src/store/store.js';
import { seededRandom } from '../../support/random.js';
import {
  beliefOf,
  onEveryPlace,
  smallRouter,
  someContext,
  startRealService,
  teach,
} from '../../support/real-service.js';

const storedSums = async (store: Store, router: string) =>
  (await store.db.selectFrom('statistics').select('epoch').where('router', '=', router).execute()).length;

onEveryPlace((place) => {
  it('drops what is forgotten, and neither views nor explanations differ', async () => {
    let ahead = 0;
    const start = Date.now();
    const clock = () => start + ahead;
    const { service, store } = await startRealService({ place: place(), clock });
    const later = async (days: number) => {
      ahead = days * dayMs;
      return maintain(store, { now: new Date(clock()) });
    };
    await service.createRouter(smallRouter('forgets', { half_life: '1h' }));
    await service.createRouter(smallRouter('remembers'));
    for (const id of ['forgets', 'remembers']) await teach(service, id, 30, seededRandom(1));
    await later(20);
    await teach(service, 'forgets', 30, seededRandom(2));
    const past = await service.route({ router: 'forgets', context: someContext(seededRandom(3)) });
    const { dropped } = await later(40);
    expect(dropped.length).toBeGreaterThan(0);
    const before = { forgets: await storedSums(store, 'forgets'), remembers: await storedSums(store, 'remembers') };
    const routers = ['forgets', 'remembers'].map((id) => service['registry'].find(id));

    const gone = await dropForgotten(store, routers, clock());
    expect(gone).toBeGreaterThan(0);
    expect(await storedSums(store, 'forgets')).toBe(before.forgets - gone);
    // The sums of the twentieth day are needed: a decision of then is in the log.
    expect(await storedSums(store, 'forgets')).toBeGreaterThan(0);
    expect(await storedSums(store, 'remembers')).toBe(before.remembers);
    expect(await dropForgotten(store, routers, clock())).toBe(0);
    expect(await service.explain('forgets', past.decision_id)).toMatchObject({ reproduced: true });
    // From here on the view is one of the fortieth day.
    await teach(service, 'forgets', 5, seededRandom(4));
    await service.route({ router: 'forgets', context: someContext(seededRandom(5)), dry_run: true });
    const belief = beliefOf(service, 'forgets');
    await service.close();
    const again = await startRealService({ place: place(), clock });
    expect(beliefOf(again.service, 'forgets')).toEqual(belief);
    await again.service.close();
  });
});
