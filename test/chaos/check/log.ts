/**
 * The logs of a router, read in the plainest way there is: nothing of `src/store`, no pages, no versions, no grouping.
 */
import { featuresOf } from './features.js';
import type { Reading } from './reading.js';

export interface LoggedOutcome {
  readonly decisionId: string;
  readonly metric: string;
  readonly value: number;
  readonly arm: string;
  readonly chosen: string;
  readonly propensity: number;
  readonly schema: string;
  readonly epoch: number;
  readonly features: Int16Array;
  readonly stripe: number;
  /** The version of its stripe from which on the value counts, and the one from which on it doesn't; Infinity: it does. */
  readonly from: number;
  readonly until: number;
}

interface Row {
  readonly decision_id: string;
  readonly metric: string;
  readonly value: number;
  readonly arm: string;
  readonly chosen: string;
  readonly propensity: number;
  readonly schema: string;
  readonly epoch: number;
  readonly features: Buffer;
  readonly stripe: number;
  readonly stripe_version: number;
  readonly replaced_version?: number;
}

/** Every value that was ever taken in, corrected ones too. */
export async function readLog(reading: Reading, router: string): Promise<LoggedOutcome[]> {
  const present = await reading.query<Row>('select * from feedback where router = $1', [router]);
  const past = await reading.query<Row>('select * from feedback_corrections where router = $1', [router]);
  return [...present, ...past].map(
    ({ decision_id: decisionId, features, stripe_version: from, replaced_version: until = Infinity, ...row }) => ({
      ...row,
      decisionId,
      features: featuresOf(features),
      from,
      until,
    }),
  );
}
