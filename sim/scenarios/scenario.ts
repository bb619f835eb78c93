/** A question to be answered by many runs: what is read, what is played, and what is made of it. */
import type { Page } from '../report/page.js';

/**
 * What threads play. What is read once and what every thread makes of it (`open`) is split so that reading can wait for
 * files while what travels to the threads is plain data. A run is a function of its job: the same jobs give the same results.
 */
export interface Playable<Prepared = unknown, Opened = unknown, Job = unknown, Result = unknown> {
  /** Threads find it by its name. */
  readonly name: string;
  /** Makes ready to play, once a thread. */
  open(prepared: Prepared): Opened;
  /** @returns something that can be sent between threads */
  play(opened: Opened, job: Job): Result;
}

export interface Scenario<Prepared = unknown, Opened = unknown, Job = unknown, Result = unknown> extends Playable<
  Prepared,
  Opened,
  Job,
  Result
> {
  /** One line for the help. */
  readonly summary: string;
  readonly defaultSeeds: number;
  /** Reads what it needs. @returns something that can be sent to a thread */
  prepare(data: string): Promise<Prepared>;
  jobs(prepared: Prepared, seeds: number): Job[];
  /** @param results in the order of the jobs */
  conclude(prepared: Prepared, jobs: readonly Job[], results: readonly Result[]): Conclusion;
}

export interface Conclusion {
  /** What `--json` writes. */
  readonly json: unknown;
  /** What `--html` writes. */
  readonly page: Page;
  /** What the terminal shows. */
  readonly lines: readonly string[];
}
