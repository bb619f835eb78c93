/** What is said where the Postgres that a command was given does not answer, or lets nobody in. */
import { Problem } from '../routing/problem.js';
import { sqlState } from '../store/store-error.js';
import { Failure } from './failures.js';

/** SQLSTATE: the name or password is refused (28), or there is no such database (3D000). */
const noEntry = /^(28...|3D000)$/;

/**
 * Whoever has just typed a command wants to know which database does not answer, and what could be done.
 * @param databaseUrl undefined for an embedded database, of which nothing is said
 * @param setting what the address was given with
 * @throws Failure where the database cannot be reached or entered
 */
export async function answering<T>(
  databaseUrl: string | undefined,
  work: () => Promise<T>,
  setting = 'DATABASE_URL',
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const away = error instanceof Problem && error.code === 'database-unavailable';
    if (databaseUrl === undefined || !(away || noEntry.test(sqlState(error) ?? ''))) throw error;
    const place = new URL(databaseUrl).host;
    const reason = said(away ? (error.cause ?? error) : error);
    throw new Failure(
      `expected a Postgres that answers at ${place} (${setting}), got ${reason}; start it or correct ${setting}`,
    );
  }
}

/** Of several addresses that were tried, each of its own. */
function said(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(said).join(', ');
  return error instanceof Error ? error.message : String(error);
}
