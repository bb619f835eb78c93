/** The largest bodies that are read, in bytes, and how many requests may wait. */
export interface Limits {
  /** A prompt of a megabyte, and what comes with it. */
  readonly route: number;
  /** 10,000 items with tokens that hold 384 features each. */
  readonly feedback: number;
  readonly profiles: number;
  readonly encoder: number;
  readonly state: number;
  readonly other: number;
  /** Requests for a decision that have arrived and are not decided; a tenth to a fifth of a second of work. */
  readonly waiting: number;
}

const MIB = 2 ** 20;

export const defaultLimits: Limits = {
  route: 1.5 * MIB,
  feedback: 16 * MIB,
  profiles: 16 * MIB,
  encoder: 16 * MIB,
  state: 256 * MIB,
  other: 4 * MIB,
  waiting: 2_048,
};
