/**
 * Takes a source's outcomes out of the statistics, as if they had never come: by exact subtraction, so that the sums are
 * the same bytes as those of a service that never heard of the source.
 *
 * It is a correction like any other, at the next versions of the stripes that hold the rows (`retract-page.ts`), so
 * replicas follow it, folds take it in, and past decisions are explained by what counted then. The log is gone through by
 * the versions of each stripe, up to those there were when it was asked for, in pages that are a transaction each; where
 * it ends in the middle, whoever goes on finds the rest still to be done.
 *
 * Nobody waits for it for long: a page holds a stripe for some 500 rows, and between two pages there is a pause.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import { sql } from 'kysely';

import { retractPage } from './retract-page.js';
import { isRetractable, lookAhead } from './retract-look.js';
import { presentVersions, readRetraction, type Retraction, type RetractionQuestion } from './retractions.js';
import { isLostRace } from './store-error.js';
import type { RouterKey, Store } from './store.js';
import { storedJson } from './stored-json.js';

export interface RetractionRun {
  /** Who works on it. */
  readonly worker: string;
  /** Between two pages, at least. */
  readonly pauseMs?: number;
  /** Told after each page how many outcomes it took out. */
  readonly onPage?: (outcomes: number) => void;
  /** Ends it between two pages; it can be gone on with. */
  readonly signal?: AbortSignal;
}

const usualPauseMs = 50;
const attempts = 5;

/**
 * Works on a retraction until it is finished or stopped. More than one process may do so at a time: each row is taken out
 * once.
 * @returns how far it is
 * @throws Problem 'unknown-retraction' | 'database-unavailable'
 */
export async function retract(store: Store, key: RouterKey, number: number, run: RetractionRun): Promise<Retraction> {
  const retraction = await readRetraction(store, key, number);
  if (retraction.finishedAt) return retraction;
  const progress: Record<string, number> = { ...retraction.progress };
  for (const [stripe, horizon] of Object.entries(retraction.horizon)) {
    const from = progress[stripe] ?? 0;
    for await (const { after, upTo, hits } of lookAhead(store, key, Number(stripe), retraction, from, horizon)) {
      if (run.signal?.aborted) return readRetraction(store, key, number);
      progress[stripe] = upTo;
      if (hits === 0) {
        await note(store, key, number, progress, run.worker);
        continue;
      }
      const page = { stripe: Number(stripe), after, upTo };
      const told = { progress, worker: run.worker };
      const taken = await withRetries(() => retractPage(store, key, retraction, page, told));
      run.onPage?.(taken);
      await sleep(run.pauseMs ?? usualPauseMs);
    }
    await markReplacedSince(store, key, Number(stripe), retraction, horizon);
  }
  await finish(store, key, number);
  return readRetraction(store, key, number);
}

/** How many outcomes a retraction would take out of the present statistics. */
export async function countRetractable(store: Store, key: RouterKey, question: RetractionQuestion): Promise<number> {
  let count = 0;
  for (const [stripe, version] of Object.entries(await presentVersions(store, key))) {
    for await (const { outcomes } of lookAhead(store, key, Number(stripe), question, 0, version)) count += outcomes;
  }
  return count;
}

async function withRetries<T>(page: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await page();
    } catch (error) {
      if (!isLostRace(error) || attempt === attempts) throw error;
    }
  }
}

/** Values of the source that somebody replaced after the retraction was asked for, before it came to them. */
async function markReplacedSince(
  store: Store,
  { tenant, router }: RouterKey,
  stripe: number,
  retraction: Retraction,
  horizon: number,
): Promise<void> {
  await sql`
    update feedback_corrections set retraction = ${retraction.retraction}
    where tenant = ${tenant} and router = ${router} and stripe = ${stripe} and replaced_version > ${horizon}
      and stripe_version <= ${horizon} and ${isRetractable(retraction)}`.execute(store.db);
}

async function note(
  store: Store,
  { tenant, router }: RouterKey,
  retraction: number,
  progress: Readonly<Record<string, number>>,
  worker: string,
): Promise<void> {
  await sql`
    update retractions set progress = ${storedJson(progress)}, worker = ${worker}, worked_at = now()
    where tenant = ${tenant} and router = ${router} and retraction = ${retraction}`.execute(store.db);
}

async function finish(store: Store, { tenant, router }: RouterKey, retraction: number): Promise<void> {
  await sql`
    update retractions set finished_at = now()
    where tenant = ${tenant} and router = ${router} and retraction = ${retraction} and finished_at is null`.execute(
    store.db,
  );
}
