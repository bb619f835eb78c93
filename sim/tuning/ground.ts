/** Where settings are measured: a table that is played, or a log that is evaluated. */
import type { Setting } from './setting.js';

/** Settings are chosen on one part, and the choice is checked on the other. */
export type Part = 'tuning' | 'held-out';

/** What a setting earned. */
export interface Measured {
  readonly setting: Setting;
  /** Mean utility of each unit, in accuracy points per request; the same units, in the same order, for every setting. */
  readonly values: readonly number[];
  /** Mean of each metric per request, over all units. */
  readonly metrics: Readonly<Record<string, number>>;
  /** The largest use of a budget, mean spend over ceiling; absent without budgets. */
  readonly use?: number;
}

export interface Ground {
  /** What settings are compared by, one by one: runs of the same seed, or rounds of a log. */
  readonly unit: 'seed' | 'round';
  /** @returns in the order of the settings */
  measure(settings: readonly Setting[], part: Part): Promise<Measured[]>;
}
