/** Accuracy against what it costs: every policy, every arm alone, and the front of the arms alone. */
import { palette } from './palette.js';
import type { Figure } from './page.js';
import { scatterChart } from './scatter-chart.js';

export interface FrontPoint {
  readonly name: string;
  /** Means per request, by metric. */
  readonly metrics: Readonly<Record<string, number>>;
  /** An arm alone rather than a policy. */
  readonly isArm: boolean;
  /** Of the requests, those that it could serve and that its metrics are means over; all by default. */
  readonly share?: number;
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
    const isKnown = ({ metrics }: FrontPoint) => metrics[metric]! > 0 && !Number.isNaN(metrics.accuracy ?? NaN);
    const known = points.filter(isKnown);
    if (known.length < 2) return [];
    const xs = known.map(({ metrics }) => metrics[metric]!);
    const throughout = known.filter((point) => point.isArm && !isPart(point));
    let policy = 0;
    return [
      {
        name: `accuracy-${word}`,
        caption: captionOf(
          known,
          points.filter((point) => !isKnown(point)),
          word,
        ),
        svg: scatterChart({
          title: `Accuracy against ${word}${suffix}`,
          x: unit,
          y: 'mean accuracy',
          logX: Math.max(...xs) > wide * Math.min(...xs),
          points: known.map((point) => ({
            name: nameOf(point),
            x: point.metrics[metric]!,
            y: point.metrics.accuracy!,
            colour: point.isArm ? '#66707a' : palette[policy++ % palette.length]!,
            hollow: point.isArm,
            dotted: isPart(point),
          })),
          line: front(throughout.map(({ metrics }) => [metrics[metric]!, metrics.accuracy!])),
        }),
      },
    ];
  });
}

/** What is missing from fewer requests is chance. */
const nearlyAll = 0.999;
const isPart = ({ share = 1 }: FrontPoint): boolean => share <= nearlyAll;

function nameOf(point: FrontPoint): string {
  if (!isPart(point)) return point.name;
  const percent = Math.floor(100 * point.share!);
  return `${point.name} (${percent < 1 ? 'under 1' : percent} % of requests)`;
}

function captionOf(drawn: readonly FrontPoint[], others: readonly FrontPoint[], word: string): string {
  return [
    `Accuracy against ${word}: up and to the left is better. Rings are arms alone, the dashed line joins those that no other arm beats in both.`,
    ...(drawn.some(isPart)
      ? [
          'Dotted rings are arms that could serve a part of the requests only, as they were added or removed or do not do every task: they show what came of that part, and are not joined, as those requests may have been easier or harder.',
        ]
      : []),
    ...(others.length > 0
      ? [`Not drawn, as their ${word} or accuracy is not known or 0: ${others.map(({ name }) => name).join(', ')}.`]
      : []),
  ].join(' ');
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
