/** Whether all that is kept of the log is its fold, byte for byte: in the tables, and in the memory of every replica. */
import { Statistics } from '../../../policies/linear/statistics.js';
import { loadStatistics } from '../../../src/store/load-statistics.js';
import type { Store } from '../../../src/store/store.js';
import { cellName, differences, foldLog, textOf, type Sums } from './fold.js';
import type { LoggedOutcome } from './log.js';
import type { Reading } from './reading.js';

/** @returns for each place that differs from the fold, which cell of what */
export async function checkStatistics(
  reading: Reading,
  store: Store,
  router: string,
  log: readonly LoggedOutcome[],
): Promise<string[]> {
  const present = foldLog(log.filter(({ until }) => until === Infinity));
  const { cells } = await loadStatistics(store, { tenant: 'default', router });
  const loaded = new Map(cells.map(({ key, statistics }) => [cellName(key), textOf(statistics)]));
  const wrong = differences(present, loaded).map((cell) => `as the program loads them: ${cell}`);
  return [...wrong, ...(await wrongFolds(reading, router, log))];
}

interface Stripe {
  readonly stripe: number;
  readonly version: number;
  readonly folded: number;
}

interface CellRow {
  readonly schema: string;
  readonly arm: string;
  readonly metric: string;
  readonly epoch: number;
  readonly bytes: Buffer;
}

/** The stored sums of each stripe, against the fold of what the log of that stripe was at the version they are of. */
async function wrongFolds(reading: Reading, router: string, log: readonly LoggedOutcome[]): Promise<string[]> {
  const wrong: string[] = [];
  const stripes = await reading.query<Stripe>('select stripe, version, folded from stripes where router = $1', [
    router,
  ]);
  for (const { stripe, version, folded } of stripes) {
    const counted = log.filter((row) => row.stripe === stripe && row.from <= folded && row.until > folded);
    const rows = await reading.query<CellRow>('select * from statistics where router = $1 and stripe = $2', [
      router,
      stripe,
    ]);
    const named = differences(foldLog(counted), sumsOf(rows));
    wrong.push(...named.map((cell) => `stripe ${stripe}, folded at ${folded}: ${cell}`));
    const beyond = log.filter((row) => row.stripe === stripe && row.from > version).length;
    if (beyond > 0) wrong.push(`stripe ${stripe} is at version ${version}, and ${beyond} rows are of later ones`);
  }
  return wrong;
}

function sumsOf(rows: readonly CellRow[]): Sums {
  const cells = rows.map((row) => [cellName(row), Statistics.fromBytes(row.bytes)] as const);
  return new Map(cells.filter(([, sums]) => !sums.isEmpty).map(([name, sums]) => [name, textOf(sums)]));
}
