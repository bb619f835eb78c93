import { Problem } from '../routing/problem.js';

const retryAfterSeconds = 1;

/**
 * SQLSTATE classes and codes that say "not now" rather than "not so": connection (08), resources (53), operator's
 * intervention (57), system (58), a standby that takes no writes (25006), a lock not had in time (55P03).
 */
const passing = /^(08...|53...|57...|58...|25006|55P03)$/;
/** Transactions that lost against another, and were rolled back by the server: they may simply be run again. */
const lost = /^(40001|40P01)$/;

export const sqlState = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** Whether a transaction was certainly undone, and running it again may succeed. */
export const isLostRace = (error: unknown): boolean => lost.test(sqlState(error) ?? '');

/** What a caller is told of an error of the driver: Problem 'database-unavailable' where trying later may help. */
export function storeError(error: unknown): unknown {
  if (error instanceof Problem || error instanceof TypeError || error instanceof RangeError) return error;
  const state = sqlState(error);
  const refused = state !== undefined && /^[0-9A-Z]{5}$/.test(state) && !passing.test(state);
  return refused ? error : unavailable(`the database did not answer as it should: ${said(error)}; try again`, error);
}

/** A COMMIT whose answer did not come, or came with a warning: done or not done, only the database knows. */
export class UnknownCommit extends Problem {
  constructor(cause: unknown) {
    const detail = `whether the transaction was committed is not known (${said(cause)}); send it again`;
    super('database-unavailable', detail, [], retryAfterSeconds);
    this.cause = cause;
  }
}

function unavailable(detail: string, cause: unknown): Problem {
  const problem = new Problem('database-unavailable', detail, [], retryAfterSeconds);
  problem.cause = cause;
  return problem;
}

function said(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(said).join(', ');
  return error instanceof Error ? error.message : String(error);
}
