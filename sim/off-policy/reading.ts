import { createContextEncoder } from '../../src/routing/features/context-encoder.js';
import type { Feature, Objective } from '../../src/routing/spec.js';
import type { Reading } from './columns.js';
import type { Round } from './round.js';

export interface ReadingWish {
  /** What the outcome model, and a target that learns, know of a round. */
  readonly features: readonly Feature[];
  /** What is valued: Σ weight · metric. */
  readonly objective: Objective;
  /** Metrics that are estimated beside it. */
  readonly metrics: readonly string[];
}

/** @throws RangeError when nothing is valued */
export function readingOf({ features, objective, metrics }: ReadingWish): Reading {
  const encoder = createContextEncoder([...features], new Map());
  return {
    dimension: encoder.dimension,
    encode: (round) => round.features ?? encoder.encode(round.context),
    outcomes: outcomesOf(objective, metrics),
  };
}

/** The objective first, then each metric by itself. @throws RangeError when nothing is valued */
export function outcomesOf(objective: Objective, metrics: readonly string[]): Reading['outcomes'] {
  const weights = Object.entries(objective).filter(([, weight]) => weight !== 0);
  if (weights.length === 0) throw new RangeError('an objective needs a weight that is not 0, as in accuracy=1');
  const utility = ({ outcomes }: Round) =>
    weights.reduce((sum, [metric, weight]) => sum + weight * (outcomes[metric] ?? NaN), 0);
  return [
    { name: 'objective', valueOf: utility },
    ...metrics.map((name) => ({ name, valueOf: ({ outcomes }: Round) => outcomes[name] ?? NaN })),
  ];
}
