/** One logged decision and what came of it: what every estimator, target and reader speaks of. */

/** Outcomes of the arm that was chosen, by metric, in the metric's unit; what isn't known is left out. */
export type RoundOutcomes = Readonly<Record<string, number>>;

export interface Round {
  /** Where it stands in its log, for messages: a line, or the place in a window. */
  readonly line: number;
  /** Milliseconds since 1970, where the log says when. */
  readonly time?: number;
  /** Index into the log's arms. */
  readonly arm: number;
  /** Probability with which the arm was chosen, in [0, 1]; NaN where the log doesn't say. */
  readonly propensity: number;
  /** Probability of every arm of the log, 0 for those that could not be chosen; absent where the log doesn't say. */
  readonly probabilities?: Float64Array;
  /** Indices of the arms that a target may choose; every arm by default. */
  readonly eligible?: readonly number[];
  readonly task?: string;
  /** What the request said of itself, `task` included. */
  readonly context: Readonly<Record<string, string | number>>;
  /** The context as it was encoded when it was logged, on the 2⁻¹² grid. */
  readonly features?: Int16Array;
  readonly outcomes: RoundOutcomes;
}

/** A log that can be read as often as is needed: rounds in order, not held in memory. */
export interface DecisionLog {
  readonly name: string;
  readonly arms: readonly string[];
  /** @throws TableError at the first round that is wrong, with line and column */
  rounds(): AsyncIterable<Round> | Iterable<Round>;
}
