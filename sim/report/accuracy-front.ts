/** Accuracy against what it costs: every policy, every arm alone, and the front of the arms alone. */
import { palette } from './line-chart.js';
import type { Figure } from './page.js';
import { scatterChart } from './scatter-chart.js';

export interface FrontPoint {
  readonly name: string;
  /** Means per request, by metric. */
  readonly metrics: Readonly<Record<string, number>>;
  /** An arm alone rather than a policy. */
  readonly isArm: boolean;
}

/** What may stand below: the first that is known of a point at least. */
const costs = [
  ['energy_j', 'joules per request', 'energy'],
  ['cost_usd', 'dollars per request', 'cost'],
  ['latency_ms', 'milliseconds per request', 'latency'],
] as const;

/** Prices further apart than this are drawn on a logarithmic axis. */
const wide = 20;

/**
 * @param suffix of the title
 * @returns a figure per kind of cost that is known
 */
export function accuracyFront(points: readonly FrontPoint[], suffix = ''): Figure[] {
  return costs.flatMap(([metric, unit, word]) => {
    const known = points.filter(({ metrics }) => metrics[metric]! > 0 && !Number.isNaN(metrics.accuracy ?? NaN));
    if (known.length < 2) return [];
    const xs = known.map(({ metrics }) => metrics[metric]!);
    let policy = 0;
    return [
      {
        name: `accuracy-${word}`,
        caption: `Accuracy against ${word}: up and to the left is better. Rings are arms alone, the dashed line joins those that no other arm beats in both.`,
        svg: scatterChart({
          title: `Accuracy against ${word}${suffix}`,
          x: unit,
          y: 'mean accuracy',
          logX: Math.max(...xs) > wide * Math.min(...xs),
          points: known.map(({ name, metrics, isArm }) => ({
            name,
            x: metrics[metric]!,
            y: metrics.accuracy!,
            colour: isArm ? '#7b8794' : palette[policy++ % palette.length]!,
            hollow: isArm,
          })),
          line: front(known.filter(({ isArm }) => isArm).map(({ metrics }) => [metrics[metric]!, metrics.accuracy!])),
        }),
      },
    ];
  });
}

/** Points that none beats in both, from cheap to dear. */
export function front(points: readonly (readonly [cost: number, accuracy: number])[]): (readonly [number, number])[] {
  let best = -Infinity;
  return [...points]
    .sort(([a, x], [b, y]) => a - b || y - x)
    .filter(([, accuracy]) => {
      if (accuracy <= best) return false;
      best = accuracy;
      return true;
    });
}
