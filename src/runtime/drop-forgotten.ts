/**
 * A router that forgets begins an epoch every eighth of its half-life, and the sums of each are stored apart: without this
 * they grow for ever. What goes is in no present view, and in no view of a decision that is still in the log; outcomes of
 * so long ago are in the log no more, so nothing can be added to it or taken out of it.
 */
import { presentEpoch } from '../routing/epoch.js';
import { horizonOf, type Horizon } from '../routing/horizon.js';
import type { Router } from '../routing/router.js';
import { dropEpochs } from '../store/drop-epochs.js';
import { logFloor } from '../store/partitions.js';
import type { Store } from '../store/store.js';
import type { HostedRouter } from './hosted-router.js';

/** @returns how many sums were dropped, each of an arm, a metric and an epoch in one stripe */
export async function dropForgotten(
  store: Store,
  routers: readonly Pick<HostedRouter, 'record' | 'router'>[],
  now: number,
): Promise<number> {
  const floor = await logFloor(store.db);
  let dropped = 0;
  for (const { record, router } of routers) {
    const horizon = horizonAt(router, Math.min(floor.getTime(), now));
    if (horizon) dropped += await dropEpochs(store, record, horizon);
  }
  return dropped;
}

/** Changes that were detected since may have been unknown to a decision, and each moves its epochs by one. */
function horizonAt(router: Router, time: number): Horizon | undefined {
  const horizon = horizonOf(router, presentEpoch(router, time));
  return horizon && { ...horizon, before: horizon.before - router.settings.changes.length };
}
