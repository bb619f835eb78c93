/** The policy whose value is asked for: what it would have chosen in each logged round, and with which probability. */
import type { Round } from '../round.js';

/** A target at work: rounds come in the order of the log, each to `probabilities` and then, if it learns, to `learn`. */
export interface Player {
  /**
   * π(·|x), of rounds before this one only.
   * @param features of the round, on the grid, length d
   * @returns length: the arms of the log; ≥ 0, summing to 1; valid until the next call
   */
  probabilities(round: Round, features: Int16Array): Float64Array;
  /** Learns what came of the logged arm. */
  learn?(round: Round, features: Int16Array): void;
  release?(): void;
}

export interface Target {
  readonly name: string;
  /**
   * Whether it learns from the rounds. Weights are then those of the policy as it had become by each round from everything
   * that was logged before, and the value is that of this sequence. Only under replay does it learn from its own choices.
   */
  readonly learns: boolean;
  start(): Player;
}
