/** A record of a log, not checked yet, whatever the format of its file. */
import type { DecisionLog } from '../round.js';

export interface RawRound {
  readonly line: number;
  /** The file that it is of, where a log is several. */
  readonly path?: string;
  readonly arm: unknown;
  readonly propensity: unknown;
  readonly time: unknown;
  /** By name of the arm, or by place where the log numbers them (`p0`, `p1`, …). */
  readonly probabilities: ReadonlyMap<string, unknown>;
  /** Everything else, by name. */
  readonly fields: ReadonlyMap<string, unknown>;
  /** What to call a member in an error: `column 4 (propensity)`. */
  column(name: string): string;
}

export interface RawLog {
  readonly path: string;
  /** @throws TableError for a record that can't be taken apart */
  records(): AsyncIterable<RawRound>;
}

/** Names that a log may use for the same thing; the first is ours. */
export const aliases = {
  arm: ['arm', 'action', 'model'],
  propensity: ['propensity', 'pscore', 'probability'],
  time: ['timestamp', 'time', 'decided_at'],
} as const;

export type { DecisionLog };
