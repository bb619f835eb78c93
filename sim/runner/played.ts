import type { ChangePoint } from '../worlds/world.js';

/** What happened in one run, column by column: one entry per request. */
export interface Played {
  readonly arms: readonly string[];
  readonly metrics: readonly string[];
  /** Names of the phases in the order in which they were met. */
  readonly phases: readonly string[];
  readonly length: number;
  /** Index into `phases`. */
  readonly phase: Uint8Array;
  /** Index into `arms` of the chosen arm. */
  readonly choice: Uint16Array;
  /** The probability with which it was chosen. */
  readonly propensity: Float64Array;
  /** True outcome of the chosen arm, whether or not it was reported, by metric; NaN where the world has none. */
  readonly outcomes: Readonly<Record<string, Float64Array>>;
  /** What the router expected of the chosen arm, by metric. */
  readonly predicted: Readonly<Record<string, Float64Array>>;
  /** The objective applied to the outcome. */
  readonly utility: Float64Array;
  /** What the best arm that was there would have been worth on average, less what the chosen one is. */
  readonly regret: Float64Array;
  /** What changed in the world, and when, in order; several changes at one request are one. */
  readonly changes: readonly ChangePoint[];
  /** Changes that were detected. */
  readonly detected: readonly DetectedAt[];
  /** How long each decision took, in milliseconds; empty unless it was measured. */
  readonly decisionMs: readonly number[];
}

export interface DetectedAt {
  readonly request: number;
  readonly arm: string;
  readonly metric: string;
}

/** Columns about to be filled. */
export type Playing = { -readonly [K in keyof Played]: Played[K] } & {
  phases: string[];
  changes: ChangePoint[];
  detected: DetectedAt[];
  decisionMs: number[];
};

export function emptyPlay(arms: readonly string[], metrics: readonly string[], length: number): Playing {
  const column = () => new Float64Array(length);
  const perMetric = () => Object.fromEntries(metrics.map((metric) => [metric, column()]));
  return {
    arms,
    metrics,
    phases: [],
    length,
    phase: new Uint8Array(length),
    choice: new Uint16Array(length),
    propensity: column(),
    outcomes: perMetric(),
    predicted: perMetric(),
    utility: column(),
    regret: column(),
    changes: [],
    detected: [],
    decisionMs: [],
  };
}
