import { uuidBytes, uuidTimeMs } from '../routing/uuid.js';
import type { DecisionBatcher } from './decision-batcher.js';
import type { HostedRouter } from './hosted-router.js';
import type { Metrics } from './metrics.js';

/** Sets what is not counted as it happens, but looked at when somebody asks. @param now milliseconds since 1970 */
export function setGauges(
  { queued, logLag, price, broken }: Metrics,
  { waiting, oldest }: Pick<DecisionBatcher, 'waiting' | 'oldest'>,
  routers: readonly Pick<HostedRouter, 'live' | 'waiting'>[],
  now: number,
): void {
  queued.set({ queue: 'decisions' }, waiting);
  queued.set(
    { queue: 'feedback' },
    routers.reduce((sum, router) => sum + router.waiting, 0),
  );
  logLag.set(oldest ? Math.max(0, now - uuidTimeMs(uuidBytes(oldest.id))) / 1000 : 0);
  // Nothing is told of routers, budgets and arms that are no more.
  price.reset();
  broken.reset();
  for (const { live } of routers) {
    const { spec, arms } = live.router;
    const router = spec.id;
    const conditions = live.conditions.at(now);
    Object.keys(live.conditions.saved()).forEach((budget, b) => price.set({ router, budget }, conditions.prices[b]));
    for (const arm of spec.breaker ? arms : conditions.broken)
      broken.set({ router, arm }, conditions.broken.includes(arm) ? 1 : 0);
  }
}
