/** What becomes of one feedback item: which decision it is about, whether it comes in time, and its result. */
import { outcomeRows, type FeedbackTarget } from '../routing/learn.js';
import { Problem, type FieldError } from '../routing/problem.js';
import type { OutcomeRow, OutcomeStatus } from '../routing/outcome.js';
import type { FeedbackItem, FeedbackResult } from '../routing/request.js';
import type { Router } from '../routing/router.js';
import { isUuidV7, uuidBytes, uuidTimeMs } from '../routing/uuid.js';
import { failedMetric } from '../routing/validate-spec.js';

/** Clocks of replicas may differ by this much. */
const clockSkewMs = 3_600_000;

/**
 * @param now milliseconds since 1970
 * @throws Problem 'expired-token' | 'invalid-token' for the wrong time, and as `outcomeRows`
 */
export function rowsOf(router: Router, target: FeedbackTarget, item: FeedbackItem, now: number): OutcomeRow[] {
  checkTime(router, target.decisionId, now);
  return outcomeRows(router.spec, target, item);
}

function checkTime({ settings }: Router, decisionId: string, now: number): void {
  const bytes = uuidBytes(decisionId);
  if (!isUuidV7(bytes))
    throw new Problem('unknown-decision', `expected the id of a decision, a UUIDv7; got ${decisionId}`);
  const age = now - uuidTimeMs(bytes);
  if (age > settings.feedbackWindowMs) {
    const days = (ms: number) => `${(ms / 86_400_000).toFixed(1)} days`;
    throw new Problem(
      'expired-token',
      `feedback is taken for ${days(settings.feedbackWindowMs)} after a decision; this one is ${days(age)} old`,
    );
  }
  if (age < -clockSkewMs)
    throw new Problem('invalid-token', `decision ${decisionId} is of a time that has not come yet; check the clocks`);
}

/** What may become of a row: beside what a log says, that its day is over or has not come, or that it was taken back. */
export type RowStatus = OutcomeStatus | 'late' | 'early' | 'retracted';

/** An outcome as it is stored, as far as a caller is told of it. */
export type KnownOutcome = Pick<OutcomeRow, 'decisionId' | 'metric' | 'value' | 'arm'>;

/**
 * The result of an item whose rows were stored. One row in conflict rejects the item, though its others were taken in.
 * @param known what is stored of decisions with a conflict, as far as that could be read
 */
export function resultOf(
  rows: readonly OutcomeRow[],
  statuses: readonly RowStatus[],
  known: readonly KnownOutcome[] = [],
): FeedbackResult {
  const decision_id = rows[0].decisionId;
  if (statuses.includes('conflict'))
    return { status: 'rejected', decision_id, code: 'feedback-conflict', ...conflictOf(rows, statuses, known) };
  const retracted = rows.filter((_, i) => statuses[i] === 'retracted');
  if (retracted.length > 0)
    return { status: 'rejected', decision_id, code: 'feedback-retracted', ...retractionOf(retracted) };
  if (statuses.includes('late'))
    return { status: 'late', decision_id, code: 'expired-token', detail: 'the day of the decision is no longer kept' };
  if (statuses.includes('early'))
    return {
      status: 'rejected',
      decision_id,
      code: 'invalid-token',
      detail: 'the decision is of a day that has not come',
    };
  return { status: statuses.includes('applied') ? 'applied' : 'duplicate', decision_id };
}

type Told = Required<Pick<FeedbackResult, 'detail' | 'errors'>>;

/** What disagrees with what is stored, what became of the rest, and how to replace what is stored. */
function conflictOf(rows: readonly OutcomeRow[], statuses: readonly RowStatus[], known: readonly KnownOutcome[]): Told {
  const named = (status: RowStatus) => rows.filter((_, i) => statuses[i] === status);
  const conflicts = named('conflict');
  const applied = named('applied').map(({ metric }) => metric);
  const bySame = rows.some(({ arm, chosen }) => arm !== chosen) ? ', by the same served_arm' : '';
  const detail =
    `expected what was reported for this decision before${bySame}, ` +
    `got ${conflicts.map(({ metric, value }) => `${metric} ${value}`).join(', ')}; what is stored stays` +
    (applied.length > 0 ? `, and ${applied.join(', ')} of this one was taken in` : '') +
    '. If this one is right, send it again with "correction": true';
  return { detail, errors: conflicts.map((row) => disagreement(row, known)) };
}

function disagreement(row: OutcomeRow, known: readonly KnownOutcome[]): FieldError {
  const stored = known.find(({ decisionId, metric }) => decisionId === row.decisionId && metric === row.metric);
  const of = ({ value, arm }: KnownOutcome) => (stored && stored.arm !== row.arm ? `${value} of ${arm}` : `${value}`);
  const expected = stored === undefined ? 'the value that is stored' : `${of(stored)}, which is stored`;
  return { pointer: pointerOf(row), detail: `expected ${expected}; got ${of(row)}` };
}

function retractionOf(rows: readonly OutcomeRow[]): Told {
  const metrics = rows.map(({ metric }) => metric).join(', ');
  const detail =
    `what source "${rows[0].source}" reported of this decision (${metrics}) was taken back ` +
    'and stays out; send "correction": true to report it all the same';
  return {
    detail,
    errors: rows.map((row) => ({ pointer: pointerOf(row), detail: `was taken back; got ${row.value} again` })),
  };
}

const pointerOf = ({ metric }: OutcomeRow): string => (metric === failedMetric ? '/failed' : `/metrics/${metric}`);

/** The result of an item that was refused. Rethrows what the caller cannot mend. */
export function refusalOf(error: unknown, decisionId?: string): FeedbackResult {
  if (!(error instanceof Problem) || error.status >= 500) throw error;
  return {
    status: error.code === 'expired-token' ? 'late' : 'rejected',
    ...(decisionId === undefined ? {} : { decision_id: decisionId }),
    code: error.code,
    detail: error.message,
    ...(error.errors.length > 0 ? { errors: [...error.errors] } : {}),
  };
}
