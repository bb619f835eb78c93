import { epochOf } from '../../policies/linear/forgetting.js';
import type { Router } from './router.js';

/**
 * The epoch that a decision made now belongs to. Every recorded change begins an epoch, so that no epoch holds outcomes
 * from both sides of one.
 * @param now milliseconds since 1970
 */
export function presentEpoch({ settings }: Pick<Router, 'settings'>, now: number): number {
  const { changes, halfLifeMs } = settings;
  let past = 0;
  while (past < changes.length && changes[past].atMs <= now) past++;
  return epochOf(now, halfLifeMs) + past;
}
