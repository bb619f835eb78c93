/** A whole run: rounds of faults over one Postgres, each with a database of its own. */
import { seededRandom } from '../support/random.js';
import { Database } from './database.js';
import type { Fault } from './faults/fault.js';
import { awayForAMinute } from './faults/server.js';
import { zombie } from './faults/zombie.js';
import { emptyReport, type ChaosReport } from './report.js';
import { runRound } from './round.js';

export interface ChaosOptions {
  /** Folder with `src/cli/main.js`. */
  readonly program: string;
  readonly faults: number;
  readonly seed: number;
  readonly replicas?: number;
  /** Faults after which everything is made whole and compared. */
  readonly perRound?: number;
  /** Faults that may be under way at the same moment. */
  readonly atOnce?: number;
  /** Told every so often, and of whatever is odd. */
  readonly tell?: (line: string) => void;
  /** Told everything that is done and that goes wrong, as it happens. */
  readonly journal?: (line: string) => void;
  /** The report as it stands, from time to time. */
  readonly onProgress?: (report: Readonly<ChaosReport>) => void;
  /** The report after a round, with all of its faults compared. */
  readonly onRound?: (report: Readonly<ChaosReport>) => Promise<void>;
}

/** A run of so many faults has the database away for a whole minute, once. */
const longRun = 500;
/** A round of so many faults is long enough to begin with one that takes half a minute. */
const longRound = 100;
const progressEveryMs = 5_000;

export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const {
    program,
    faults,
    seed,
    replicas = 4,
    perRound = 250,
    atOnce = 8,
    tell = () => undefined,
    journal = () => undefined,
  } = options;
  const report = emptyReport(seed, replicas);
  const random = seededRandom(seed);
  const database = await Database.start();
  const began = performance.now();
  const progress = () => {
    report.seconds = Math.round((performance.now() - began) / 1000);
    options.onProgress?.(report);
  };
  const timer = setInterval(progress, progressEveryMs);
  try {
    const mostRounds = 2 * Math.ceil(faults / perRound);
    for (let round = 1; report.faults < faults && round <= mostRounds; round++) {
      await database.renew(`chaos_${round}`);
      journal(`round ${round}`);
      const count = Math.min(perRound, faults - report.faults);
      const over = runRound({
        database,
        program,
        replicas,
        count,
        seed: random.below(2 ** 31),
        atOnce,
        first: firstOf(round, count, faults),
        report,
        journal,
      });
      await over.catch((error: unknown) => {
        report.violations.push(`round ${round} did not come to its end: ${String(error)}`);
        journal(`round ${round} failed: ${error instanceof Error ? error.stack : String(error)}`);
      });
      progress();
      tell(`Round ${round} is over, and was compared`);
      await options.onRound?.(report);
    }
  } finally {
    clearInterval(timer);
    progress();
    await database.close();
  }
  return report;
}

/** Faults that are too long to be left to chance, and that would keep each other from taking place. */
function firstOf(round: number, count: number, faults: number): readonly Fault[] {
  if (round === 2 && faults >= longRun) return [awayForAMinute];
  return count >= longRound ? [zombie] : [];
}
