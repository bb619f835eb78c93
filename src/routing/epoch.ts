import { epochOf } from '../../policies/linear/forgetting.js';
import type { Router } from './router.js';

/** The epoch that a decision made now belongs to. @param now milliseconds since 1970 */
export const presentEpoch = ({ settings }: Pick<Router, 'settings'>, now: number): number =>
  epochOf(now, settings.halfLifeMs);
