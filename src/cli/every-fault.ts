/** Reads a table, and where it is at fault says everything that is wrong with it at once. */
import { checkTable } from '../../sim/table/check-table.js';
import { TableError } from '../../sim/table/table-error.js';
import { Failure } from './failures.js';

const most = 20;

/**
 * @param reading that stops at the first fault
 * @throws Failure with a line for each fault of the table's rows, up to 20, and how many more there are
 */
export async function everyFault<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof TableError) || error.line === undefined) throw error;
    throw new Failure(await told(error));
  }
}

async function told(first: TableError): Promise<string> {
  const report = await checkTable(first.file, most).catch(() => undefined);
  if (!report || report.faults.length === 0) return first.message;
  const more = report.wrong - report.faults.length;
  const lines = report.faults.map(({ message }) => message);
  return [...lines, ...(more > 0 ? [`… and ${more} more rows that are wrong; ${report.rows} are right`] : [])].join(
    '\n',
  );
}
