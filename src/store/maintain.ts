import { sql } from 'kysely';

import { durationMs, longestDuration } from '../routing/duration.js';
import { defaultFeedbackWindow } from '../routing/settings.js';
import { foldStripes } from './fold-stripes.js';
import { dayMs, daysOf, dropDays, makeDays, startOfDay } from './partitions.js';
import { dropSigningKeys } from './signing-keys.js';
import type { Store } from './store.js';

export interface Maintenance {
  /** The clock of the database by default, so that a replica whose clock is wrong drops nothing it shouldn't. */
  readonly now?: Date;
  /** How long decisions and feedback are kept; at least the longest feedback window and two days. */
  readonly retentionMs?: number;
}

export interface Maintained {
  readonly made: readonly Date[];
  readonly dropped: readonly Date[];
  /** Stripes that were folded, so that days could be dropped. */
  readonly folded: number;
}

const defaultRetentionMs = 30 * dayMs;
const daysAhead = 3;
/** A day that is dropped must be over for every clock, and no outcome for it may be taken any more. */
const slackMs = 2 * dayMs;
/** A declaration from before durations were bounded must not take the floor of the log to where no date is. */
const longestKeptMs = durationMs(longestDuration) + slackMs;

/** Makes the partitions of the coming days and drops those past their retention; to be run at start and every hour. */
export async function maintain(store: Store, maintenance: Maintenance = {}): Promise<Maintained> {
  const now = maintenance.now ?? (await databaseTime(store));
  const today = startOfDay(now).getTime();
  const coming = Array.from({ length: daysAhead + 2 }, (_, i) => new Date(today + (i - 1) * dayMs));
  const made = await makeDays(store.db, coming);
  const wantedMs = Math.max(maintenance.retentionMs ?? defaultRetentionMs, (await longestWindowMs(store)) + slackMs);
  const keptMs = Math.min(wantedMs, longestKeptMs);
  const { dropped, folded } = await dropOldDays(store, startOfDay(new Date(now.getTime() - keptMs)));
  await dropSigningKeys(store, new Date(now.getTime() - keptMs));
  if (made.length + dropped.length > 0) store.logger.info({ made, dropped }, 'partitions of the logs were changed');
  return { made, dropped, folded };
}

/** What is dropped from the log must be in the folded sums, those of replicas that are long gone too. */
async function dropOldDays(store: Store, floor: Date): Promise<Pick<Maintained, 'dropped' | 'folded'>> {
  const days = await daysOf(store.db, 'feedback');
  if (!days.some((day) => day < floor)) return { dropped: [], folded: 0 };
  const folded = await foldStripes(store);
  return { dropped: await dropDays(store.db, floor), folded };
}

/** The clock of the database, the same for every replica. */
export async function databaseTime(store: Store): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`select now() as now`.execute(store.db);
  return rows[0].now;
}

/** The longest time after its decision that any router takes an outcome. */
async function longestWindowMs(store: Store): Promise<number> {
  const { rows } = await sql<{ feedback_window: string | null }>`
    select distinct r.spec ->> 'feedback_window' as feedback_window
    from routers join router_revisions r
      on r.tenant = routers.tenant and r.router = routers.router and r.revision = routers.revision`.execute(store.db);
  const windows = rows.map((row) => durationMs(row.feedback_window ?? defaultFeedbackWindow));
  return Math.max(durationMs(defaultFeedbackWindow), ...windows);
}
