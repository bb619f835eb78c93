import type { LiveRouter } from './live-router.js';
import type { RecentDecisions } from './recent-decisions.js';

/** What a router did of late and how it stands, for a page that shows it live. */
export interface RouterOverview {
  readonly router: string;
  /** The latest decisions that this process made and still remembers. */
  readonly recent: RecentDecisions;
  /** Outcomes in the live statistics: arm → metric → how many; forgotten ones count in part. */
  readonly outcomes: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** In the order of the declaration: dual price in accuracy points per unit, and units left in the bucket. */
  readonly budgets: readonly { readonly metric: string; readonly price: number; readonly allowance: number }[];
  /** Arms that the circuit breaker holds out. */
  readonly broken: readonly string[];
}

/** @param now milliseconds since 1970 */
export function overviewOf(
  { router, view, conditions }: LiveRouter,
  recent: RecentDecisions,
  now: number,
): RouterOverview {
  const { prices, allowances, broken } = conditions.at(now);
  const outcomesOf = (k: number) =>
    Object.fromEntries(
      router.metricNames.map((name, m) => [name, view.posteriors[m * router.arms.length + k].outcomes]),
    );
  return {
    router: router.spec.id,
    recent,
    outcomes: Object.fromEntries(router.arms.map((arm, k) => [arm, outcomesOf(k)])),
    budgets: (router.spec.budgets ?? []).map(({ metric }, b) => ({
      metric,
      price: prices[b],
      allowance: allowances[b],
    })),
    broken,
  };
}
