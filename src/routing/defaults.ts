/** What a declaration that leaves something out gets; `README.md` beside this file says what was measured for each. */
import type { PolicySpec } from './spec.js';

export const defaultPolicy: PolicySpec = { name: 'linucb' };
export const defaultFloor = 0.01;
export const defaultFeedbackWindow = '7d';
export const defaultPrior = { precision: 4, trust: 1, cap: 10, borrow: 1 } as const;
export const defaultBreaker = { failures: 5, cooldown: '30s' } as const;
