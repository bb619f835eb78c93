/** What becomes of one feedback item: which decision it is about, whether it comes in time, and its result. */
import { outcomeRows, type FeedbackTarget } from '../routing/learn.js';
import { Problem } from '../routing/problem.js';
import type { OutcomeRow, OutcomeStatus } from '../routing/outcome.js';
import type { FeedbackItem, FeedbackResult } from '../routing/request.js';
import type { Router } from '../routing/router.js';
import { isUuidV7, uuidBytes, uuidTimeMs } from '../routing/uuid.js';

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

/** The result of an item whose rows were stored. One row in conflict rejects the item, though its others were taken in. */
export function resultOf(rows: readonly OutcomeRow[], statuses: readonly RowStatus[]): FeedbackResult {
  const decision_id = rows[0].decisionId;
  if (statuses.includes('conflict'))
    return { status: 'rejected', decision_id, code: 'feedback-conflict', detail: conflictOf(rows, statuses) };
  const retracted = statuses.indexOf('retracted');
  if (retracted >= 0) {
    const detail =
      `what source "${rows[retracted].source}" reported of this decision (${rows[retracted].metric}) was taken back ` +
      'and stays out; send "correction": true to report it all the same';
    return { status: 'rejected', decision_id, code: 'feedback-retracted', detail };
  }
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

/** What disagrees with what is stored, what became of the rest, and how to replace what is stored. */
function conflictOf(rows: readonly OutcomeRow[], statuses: readonly RowStatus[]): string {
  const named = (status: RowStatus) => rows.filter((_, i) => statuses[i] === status);
  const got = named('conflict').map(({ metric, value }) => `${metric} ${value}`);
  const applied = named('applied').map(({ metric }) => metric);
  const bySame = rows.some(({ arm, chosen }) => arm !== chosen) ? ', by the same served_arm' : '';
  return (
    `expected what was reported for this decision before${bySame}, got ${got.join(', ')}; what is stored stays` +
    (applied.length > 0 ? `, and ${applied.join(', ')} of this one was taken in` : '') +
    '. If this one is right, send it again with "correction": true'
  );
}

/** The result of an item that was refused. Rethrows what the caller cannot mend. */
export function refusalOf(error: unknown, decisionId?: string): FeedbackResult {
  if (!(error instanceof Problem) || error.status >= 500) throw error;
  return {
    status: error.code === 'expired-token' ? 'late' : 'rejected',
    ...(decisionId === undefined ? {} : { decision_id: decisionId }),
    code: error.code,
    detail: error.message,
  };
}
